"""What was written before can be seen, compared and brought back; and only words come back."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from donations import offline
from donations.models import Donation, Donor
from programs import history, restoring
from programs.differences import pieces
from programs.models import FundingNeed, Page, Picture, Program, ProgressUpdate, Section, SuggestedAmount
from programs.pictures import keeping
from tests import staff as roles
from tests.donations import receipt_gifts
from tests.donations.offline_gifts import received
from tests.programs.forms import address, filled, picture, with_picture

MakeUpdate = Callable[..., ProgressUpdate]


def versions(row: Any) -> list[Any]:
    """Newest first."""
    return list(type(row).history.filter(id=row.pk).order_by("-history_id"))


def old(record: Any) -> str:
    name = record.instance_type._meta.model_name
    return f"/admin/programs/{name}/{record.id}/history/{record.history_id}/"


def test_history_of_a_programme_tells_of_all_its_parts(staff: Client, hematology: Program) -> None:
    form = filled(staff.get(address(hematology)))
    form |= {"tagline_en": "Blood, understood.", "sections-0-heading_fr": "Le grand projet"}
    staff.post(address(hematology), form | {"questions-1-DELETE": "on"})

    page = staff.get(address(hematology, "history")).content.decode()

    assert "Tagline (English)" in page
    assert "<ins>Blood" in page
    assert "Heading (French)" in page
    assert "<ins> grand</ins>" in page
    assert "was removed" in page
    assert "marie, " in page


def test_saving_without_a_change_is_no_line_of_history(staff: Client, hematology: Program) -> None:
    lines = len(versions(hematology))

    staff.post(address(hematology), filled(staff.get(address(hematology))))

    assert len(versions(hematology)) == lines


def test_bringing_back_is_one_confirmed_step_and_can_be_undone(
    staff: Client, client: Client, hematology: Program
) -> None:
    section = hematology.sections.all()[0]
    first = versions(section)[0]
    section.heading_en, section.lead_en = "A slip", "Another"  # type: ignore[attr-defined]
    section.save()

    confirmation = staff.get(old(first)).content.decode()
    still = client.get("/en/hematology/").content.decode()
    response = staff.post(old(first), follow=True)

    assert "<del>A slip</del>" in confirmation
    assert "A slip" in still
    assert "is back as it was" in response.content.decode()
    page = client.get("/en/hematology/").content.decode()
    assert "A slip" not in page
    assert "The Project" in page
    staff.post(old(versions(section)[1]))
    assert "A slip" in client.get("/en/hematology/").content.decode()


def test_bringing_back_twice_changes_nothing_more(staff: Client, hematology: Program) -> None:
    section = hematology.sections.all()[0]
    first = versions(section)[0]
    Section.objects.get(pk=section.pk).delete()

    for _twice in range(2):
        staff.post(old(first))

    assert [record.history_type for record in versions(section)] == ["+", "-", "+"]


def test_a_removed_part_comes_back_from_the_history_of_its_programme(
    staff: Client, client: Client, hematology: Program
) -> None:
    form = filled(staff.get(address(hematology))) | {"questions-0-DELETE": "on"}
    question = hematology.questions.all()[0]
    staff.post(address(hematology), form)
    gone = versions(question)[0]

    offered = old(gone) in staff.get(address(hematology, "history")).content.decode()
    response = staff.post(old(gone))

    assert offered
    assert response["Location"] == address(hematology, "history")
    assert question.question in client.get("/en/hematology/").content.decode()


def test_where_a_thing_stands_is_left_as_it_is(hematology: Program, staff: Client) -> None:
    first = versions(hematology)[0]
    Program.objects.get().unpublish()
    program = Program.objects.get()
    program.tagline_en, program.slug_en = "New words", "blood"  # type: ignore[attr-defined]
    program.publish_at = timezone.now() + dt.timedelta(days=1)
    program.save()

    staff.post(old(first))

    back = Program.objects.get()
    assert back.tagline_en == hematology.tagline_en  # type: ignore[attr-defined]
    assert (back.status, back.slug_en, back.publish_at) == ("draft", "blood", program.publish_at)


def test_gifts_do_not_move_when_a_use_of_the_money_is_brought_back(
    hematology: Program, staff: Client
) -> None:
    need = hematology.fundingneeds.all()[0]
    first = versions(need)[0]
    donor = Donor.objects.create(email="camille@example.org", first_name="Camille", last_name="Martin")
    gift = Donation.objects.create(program=hematology, donor=donor, amount_cents=50_00, designation=need)
    need.label_en = "Machines"  # type: ignore[attr-defined]
    need.save()

    staff.post(old(first))

    gift.refresh_from_db()
    assert gift.designation_id == need.pk


@pytest.mark.parametrize("kind", ["page", "progressupdate"])
def test_what_was_removed_is_listed_and_comes_back_as_a_draft(
    staff: Client, hematology: Program, make_update: MakeUpdate, kind: str
) -> None:
    row: Page | ProgressUpdate = (
        make_update(hematology) if kind == "progressupdate" else Page.objects.all()[0]
    )
    key, title = row.pk, row.title
    staff.post(address(row, "delete"), {"post": "yes"})
    model = type(row)

    removed = staff.get(f"/admin/programs/{kind}/removed/").content.decode()
    response = staff.post(old(versions(row)[0]), follow=True)

    assert title in removed
    assert "is back as it was" in response.content.decode()
    assert model._default_manager.get(pk=key).status == "draft"
    assert "Nothing was removed." in staff.get(f"/admin/programs/{kind}/removed/").content.decode()


def test_an_address_that_another_has_taken_since_is_explained(staff: Client, hematology: Program) -> None:
    page = Page.objects.all()[0]
    taken = {"slug_en": page.slug_en, "slug_fr": page.slug_fr}
    key = page.pk
    page.delete()
    page.pk = key
    Page.objects.create(title_en="Other", title_fr="Autre", body_en="<p>a</p>", body_fr="<p>b</p>", **taken)

    response = staff.post(old(versions(page)[0]), follow=True)

    said = response.content.decode()
    assert "Nothing was changed." in said
    assert "already exists" in said
    assert not Page.objects.filter(pk=key).exists()


def test_a_picture_that_is_no_longer_kept_is_explained(staff: Client, hematology: Program) -> None:
    form = with_picture(filled(staff.get(address(hematology))), picture())
    staff.post(address(hematology), form)
    kept = Picture.objects.get()
    key, file = kept.pk, kept.image.name
    kept.delete()
    kept.pk = key
    keeping.masters().delete(str(file))

    response = staff.post(old(versions(kept)[0]), follow=True)

    assert "no longer kept" in response.content.decode()
    assert not Picture.objects.exists()


def test_one_amount_stays_chosen_at_first(staff: Client, hematology: Program) -> None:
    amount = SuggestedAmount.objects.get(program=hematology, frequency="once", is_default=True)
    chosen = versions(amount)[0]
    SuggestedAmount.objects.filter(pk=amount.pk).update(is_default=False)
    other = SuggestedAmount.objects.filter(program=hematology, frequency="once").exclude(pk=amount.pk)[0]
    other.is_default = True
    other.save()

    staff.post(old(chosen))

    assert list(SuggestedAmount.objects.filter(frequency="once", is_default=True)) == [other]


@pytest.mark.parametrize("version", ["999999", "x", "0", "²", "9" * 30, "9" * 5000])
def test_a_version_that_never_was_is_a_missing_page(staff: Client, hematology: Program, version: str) -> None:
    assert staff.get(f"{address(hematology, 'history')}{version}/").status_code == 404


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000])
def test_a_version_of_no_row_is_a_missing_page(staff: Client, number: str) -> None:
    assert staff.get(f"/admin/programs/page/{number}/history/1/").status_code == 404


def test_a_version_of_one_row_is_never_written_into_another(staff: Client, hematology: Program) -> None:
    one, other = hematology.sections.all()
    record = versions(one)[0]

    response = staff.post(f"{address(other, 'history')}{record.history_id}/")

    assert response.status_code == 404


def test_only_those_who_may_change_may_bring_back(hematology: Program) -> None:
    reader = Client()
    reader.force_login(User.objects.create(username="lea", is_staff=True))
    record = versions(hematology)[0]

    assert reader.get(old(record)).status_code == 403
    assert reader.post(old(record)).status_code == 403
    assert reader.get(address(hematology, "history")).status_code == 403


def test_history_is_read_in_as_many_queries_however_long_it_is(
    staff: Client, hematology: Program, django_assert_max_num_queries: Any
) -> None:
    staff.get(address(hematology, "history"))
    section = hematology.sections.all()[0]
    for number in range(40):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=number)):
            section.heading_en = f"Heading {number}"  # type: ignore[attr-defined]
            section.save()

    with django_assert_max_num_queries(12):
        page = staff.get(address(hematology, "history"))

    assert page.content.decode().count('class="past__line"') == 30
    assert "Heading 39" in page.content.decode()
    assert "?p=2" in page.content.decode()


def test_a_long_text_shows_what_changed_and_a_little_around_it() -> None:
    words = " ".join(str(number) for number in range(1000))

    found = pieces(words, words.replace(" 500 ", " five hundred "))

    assert [(piece.kind, len(piece.text) < 60) for piece in found] == [
        ("same", True), ("old", True), ("new", True), ("same", True),
    ]  # fmt: skip


def test_lines_say_amounts_days_and_rich_text_as_people_write_them(hematology: Program) -> None:
    before = versions(hematology)[0]
    hematology.target_cents = 2_000_000_00
    hematology.starts_on = dt.date(2027, 3, 1)
    hematology.save()

    changes = {change.name: change.new for change in history.between(Program, before, hematology)}

    assert changes == {"starts_on": "1 Mar 2027", "target_cents": "€2,000,000"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_a_need_is_brought_back_while_a_gift_for_it_is_recorded() -> None:
    campaign, need, treasurer = receipt_gifts.program(), receipt_gifts.need(), roles.member("Treasurer")
    for number in range(6):
        need.refresh_from_db()
        need.label = f"Label {number}"
        need.save()
        before, gate = versions(need)[-1], threading.Barrier(2)

        def bring_back(before: Any = before, gate: threading.Barrier = gate) -> None:
            gate.wait()
            restoring.bring_back(FundingNeed, before)

        def record(number: int = number, gate: threading.Barrier = gate) -> None:
            gate.wait()
            another = {"email": f"a{number}@example.org", "last_name": f"Nom{number}"}
            given = received(campaign, designation_id=need.pk, amount_cents=1000 + number, **another)
            offline.record(given, by=treasurer, key=str(number))

        def done(deed: Callable[[], None]) -> None:
            try:
                deed()
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(done, (bring_back, record)))

    assert Donation.objects.count() == 6
