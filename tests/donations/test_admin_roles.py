"""Each role opens its own addresses of the admin, and no other."""

import datetime as dt
import io
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from donations import ledger
from donations.models import (
    BankLine,
    BankStatement,
    Comparison,
    Discrepancy,
    Dispute,
    ErasureRequest,
    FraudWarning,
    Issuer,
    OfflineGift,
    Pledge,
    ProgramTotal,
    Receipt,
    RecurringDonation,
    Refund,
    StripeEvent,
    TaxRule,
)
from outreach.models import Broadcast, Letter, Subscription, Suppression
from programs import models as words
from tests import staff
from tests.donations import receipt_gifts

pytestmark = pytest.mark.django_db

PARTS = "section testimonial resource fundingneed keyfigure suggestedamount milestone picture question"
# What each role may do: look, add, change, delete.
EDITOR = {
    "programs.program": "lac",
    "programs.page": "lacd",
    "programs.progressupdate": "lacd",
    **{f"programs.{part}": "lcd" for part in PARTS.split()},  # added inside their programme
}
FUNDRAISER = {
    "programs.program": "l",
    "programs.progressupdate": "lacd",
    "donations.donation": "l",
    "donations.donor": "l",
    "donations.offlinegift": "la",
    "donations.pledge": "l",
    "donations.programtotal": "l",
    "donations.recurringdonation": "l",
    "outreach.letter": "l",
    "outreach.broadcast": "l",
    "outreach.subscription": "l",
    "outreach.suppression": "lacd",
}
TREASURER = {
    "donations.bankline": "l",
    "donations.bankstatement": "la",
    "programs.program": "l",
    "donations.donation": "l",
    "donations.donor": "l",
    "donations.ledgerentry": "l",
    "donations.offlinegift": "la",
    "donations.pledge": "l",
    "donations.programtotal": "l",
    "donations.receipt": "l",
    "donations.recurringdonation": "l",
    "donations.refund": "l",
    "donations.dispute": "l",
    "donations.fraudwarning": "l",
    "donations.stripeevent": "l",
    "donations.comparison": "l",
    "donations.discrepancy": "l",
    "donations.taxrule": "lacd",
    "donations.issuer": "lc",
    "donations.erasurerequest": "l",
}
ADMINISTRATOR = {
    **EDITOR,
    **FUNDRAISER,
    **TREASURER,
    "programs.program": "lacd",
    "auth.user": "lac",
    "auth.group": "lacd",
}
ROLES = {
    "Editor": EDITOR,
    "Fundraiser": FUNDRAISER,
    "Treasurer": TREASURER,
    "Administrator": ADMINISTRATOR,
}
SECRETS = ("Dupont", "marie.dupont", "camille@example.org", "12 rue des Lilas")


def picture() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (4, 3), "#a02030").save(data, "PNG")
    return SimpleUploadedFile("lab.png", data.getvalue(), content_type="image/png")


def label(model: type[Model]) -> str:
    return model._meta.label_lower


def one_of_each() -> dict[str, Model]:
    """A row of every model that the admin shows."""
    program, need = receipt_gifts.program(), receipt_gifts.need()
    gift = receipt_gifts.gift(designation=need)
    now = timezone.now()
    statement = BankStatement.objects.create(
        name="x", format="camt", path="x", sha256="x", read_at=now, uploaded_by=staff.member("Treasurer")
    )
    ledger.post_gift(gift, charge_id="ch_1", fee_cents=0, occurred_at=now)
    update = words.ProgressUpdate.objects.create(
        program=program, slug_en="news", slug_fr="nouvelle", title_en="News", title_fr="Nouvelle"
    )
    rows: list[Model] = [
        program,
        need,
        gift,
        gift.donor,
        gift.entries.get(),
        ProgramTotal.objects.get(),
        update,
        words.Page.objects.create(slug_en="about", slug_fr="qui", title_en="About", title_fr="Qui"),
        words.Section.objects.create(program=program, heading="A heading"),
        words.Testimonial.objects.create(program=program, quote="A quote", attribution="Somebody"),
        words.Resource.objects.create(program=program, label="A resource"),
        words.KeyFigure.objects.create(program=program, value="1", label="A figure"),
        words.SuggestedAmount.objects.create(program=program, amount_cents=5000),
        words.Milestone.objects.create(program=program, percent=50, headline="Half way"),
        words.Picture.objects.create(program=program, image=picture(), alternative_text="A laboratory"),
        words.Question.objects.create(program=program, question="Why?", answer="Because."),
        Receipt.objects.create(
            donation=gift, series="C", year=2026, number=1, facts={}, template_version="1", issued_at=now
        ),
        Refund.objects.create(donation=gift, amount_cents=100, reason="donor"),
        Dispute.objects.create(
            donation=gift, stripe_dispute_id="du_1", amount_cents=100, status="open", opened_at=now
        ),
        FraudWarning.objects.create(donation=gift, stripe_warning_id="issfr_1", warned_at=now),
        StripeEvent.objects.create(event_id="evt_1", type="x", livemode=False, payload={}, created_at=now),
        RecurringDonation.objects.create(
            program=program,
            donor=gift.donor,
            amount_cents=1000,
            frequency="monthly",
            language="en",
            status="active",
            stripe_subscription_id="sub_1",
        ),
        Comparison.objects.create(since=now, until=now),
        Discrepancy.objects.create(
            difference="fee", kind="gift", source_ref="ch_2", occurred_at=now, seen_at=now
        ),
        TaxRule.objects.create(
            regime="income", valid_from=dt.date(2026, 1, 1), rate_percent=66, legal_reference="x"
        ),
        Issuer.objects.create(name="Institut"),
        OfflineGift.objects.create(
            donation=gift, key="k", received_on=now, bank_reference="x", recorded_by=staff.member("Treasurer")
        ),
        statement,
        BankLine.objects.create(
            statement=statement, key="k", account="x", booked_on=now, amount_cents=100, currency="EUR"
        ),
        ErasureRequest.objects.create(email="camille@example.org", digest="x", language="fr"),
        Pledge.objects.create(program=program, donor=gift.donor, way="cheque", language="fr"),
        Letter.objects.create(key="k", kind="gift_thanks", to="camille@example.org", language="fr"),
        Broadcast.objects.create(update=update, facts={}, created_at=now),
        Subscription.objects.create(
            email="camille@example.org",
            program=program,
            language="fr",
            consent_text="x",
            source="x",
            consented_at=now,
        ),
        Suppression.objects.create(email="camille@example.org", reason="request"),
        User.objects.create(username="somebody", is_staff=True),
        Group.objects.create(name="Nothing"),
    ]
    found = {label(type(row)): row for row in rows}
    assert found.keys() == {label(model) for model in admin.site._registry}
    return found


def addresses_of(row: Model) -> dict[str, str]:
    """The standard addresses of a row and of its list, by the right that each needs."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return {
        "list": reverse(f"{name}_changelist"),
        "add": reverse(f"{name}_add"),
        "change": reverse(f"{name}_change", args=[row.pk]),
        "history": reverse(f"{name}_history", args=[row.pk]),
        "delete": reverse(f"{name}_delete", args=[row.pk]),
    }


NEEDS = {"list": "l", "add": "a", "change": "l", "history": "l", "delete": "d"}


@pytest.mark.parametrize("role", ROLES)
def test_each_address_opens_for_the_roles_that_have_it(role: str) -> None:
    client, told = staff.signed_in(role), {}
    rows = one_of_each()

    for name, row in rows.items():
        allowed = ROLES[role].get(name, "")
        for what, address in addresses_of(row).items():
            told[f"{what} {name}"] = (client.get(address).status_code == 200, NEEDS[what] in allowed)
        sent = client.post(addresses_of(row)["change"], {})
        told[f"send {name}"] = (sent.status_code != 403, "c" in allowed)

    assert {what: found for what, (found, wanted) in told.items() if found is not wanted} == {}


def every_address(rows: dict[str, Model]) -> Iterator[tuple[str, str]]:
    """Each address that a ModelAdmin answers to, with a row's key where it asks for one; its model first."""
    for model, shown in admin.site._registry.items():
        key = str(rows[label(model)].pk)
        start = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for pattern in shown.get_urls():
            yield label(model), start + filled(str(pattern.pattern), key)


def filled(route: str, key: str) -> str:
    for place in ("<path:object_id>", "<int:pk>", "<path:key>", "<id>", "([^/]+)"):
        route = route.replace(place, key)
    route = route.lstrip("^").rstrip("$")
    if "<" in route or "(" in route:
        pytest.fail(f"say how to fill in {route}")
    return route


@pytest.mark.parametrize("role", ROLES)
def test_no_address_of_a_model_answers_a_role_that_has_nothing_of_it(role: str) -> None:
    client = staff.signed_in(role)
    rows = one_of_each()
    walked = 0

    for name, address in every_address(rows):
        if name in ROLES[role]:
            continue
        for response in (client.get(address), client.post(address, {})):
            walked += 1
            # The bare key is Django's old address: it leads to the form, which refuses.
            old = response.status_code == 302 and response["Location"].endswith("/change/")
            assert old or response.status_code in {403, 405}, (address, response.status_code)

    assert walked or role == "Administrator"


def site_addresses(rows: dict[str, Model]) -> list[str]:
    gift = rows["donations.donation"]
    source = f"app_label=donations&model_name=donation&field_name=donor&term={SECRETS[0]}"
    return [
        "/admin/",
        "/admin/donations/",
        "/admin/outreach/",
        f"/admin/search/?s={SECRETS[0]}&extended=1",
        "/admin/search/?s=don",
        f"/admin/autocomplete/?{source}",
        f"/admin/r/1/{gift.pk}/",
        "/admin/jsi18n/",
        "/admin/password_change/",
        f"/admin/programs/program/?q={SECRETS[0]}",
        f"/admin/programs/fundingneed/{rows['programs.fundingneed'].pk}/delete/",
        f"/admin/programs/program/{rows['programs.program'].pk}/delete/",
        "/admin/programs/program/?donation__donor__email__contains=a",
        "/admin/programs/fundingneed/?donation__amount_cents__gt=1",
    ]


def test_an_editor_meets_no_donor_anywhere() -> None:
    rows = one_of_each()
    client = staff.signed_in("Editor")
    somebody = User.objects.get(username="somebody")
    LogEntry.objects.create(
        user=somebody, object_repr="Marie Dupont <marie.dupont@example.org>", action_flag=2
    )
    secrets = (*SECRETS, str(rows["donations.donation"]))
    read = 0

    for address in [*(address for _name, address in every_address(rows)), *site_addresses(rows)]:
        response = client.get(address, follow=True)
        shown = b"".join(response).decode(errors="replace")
        read += response.status_code == 200
        sent_back = shown.replace("value=", "")  # what one searched for is shown again
        for secret in secrets:
            assert secret not in sent_back or f"={secret}" in address, (address, secret)

    assert read > 60


def test_every_model_of_the_admin_belongs_to_a_role() -> None:
    """Who registers a model says in a migration who may see it."""
    shown = {label(model) for model in admin.site._registry}

    assert shown <= ADMINISTRATOR.keys()


def test_menu_holds_what_its_reader_may_open() -> None:
    one_of_each()
    for role, allowed in ROLES.items():
        client = staff.signed_in(role)
        groups = client.get("/admin/").context["sidebar_navigation"]
        links = {str(item["link"]) for group in groups for item in group["items"]}
        for link in links:
            assert client.get(link).status_code == 200, (role, link)
        listed = {link.removeprefix("/admin/").strip("/").replace("/", ".") for link in links} - {""}
        assert listed == {name for name in allowed if name.split(".")[1] not in PARTS.split()}


def test_there_is_no_address_below_admin_that_this_walk_does_not_know() -> None:
    """An address outside a ModelAdmin is added to `site_addresses` with its own test."""
    known = {
        "", "login/", "logout/", "password_change/", "password_change/done/", "autocomplete/", "jsi18n/",
        "search/", "r/<path:content_type_id>/<path:object_id>/", "(?P<url>.*)$", "language/",
    }  # fmt: skip
    found = set()
    for entry in get_resolver().url_patterns:
        if str(entry.pattern) == "admin/" and isinstance(entry, URLResolver):
            for below in entry.url_patterns:
                if isinstance(below, URLPattern):
                    found.add(str(below.pattern))
        elif str(entry.pattern).startswith("admin/"):
            found.add(str(entry.pattern).removeprefix("admin/"))

    assert {route for route in found if "app_label" not in route} <= known


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/donations/donation/", "/admin/donations/donation/export/"]
)
def test_who_is_not_staff_is_asked_to_sign_in(address: str, client: Client) -> None:
    client.force_login(User.objects.create(username="reader"))

    assert client.get(address)["Location"].startswith("/admin/login/")
