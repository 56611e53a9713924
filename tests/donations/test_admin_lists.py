"""The lists of the books: the same queries for many rows as for few, and words where there are none."""

from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from donations import ledger
from donations.models import Donation, Receipt, StripeEvent
from outreach.models import Letter, Subscription
from programs.admin.plain import PlainAdmin
from tests.donations import receipt_gifts

pytestmark = pytest.mark.django_db

LISTS = {
    "donations/donation": "No gift yet.",
    "donations/donor": "No donor yet.",
    "donations/ledgerentry": "The ledger is empty",
    "donations/programtotal": "No programme has received a gift yet.",
    "donations/receipt": "No receipt yet",
    "donations/stripeevent": "Stripe has told us nothing yet.",
    "outreach/letter": "No letter yet",
    "outreach/subscription": "Nobody has asked for news yet.",
}


@pytest.fixture
def superuser(client: Client) -> Client:
    client.force_login(User.objects.create(username="root", is_staff=True, is_superuser=True))
    return client


def fill(numbers: range) -> None:
    now = timezone.now()
    for number in numbers:
        donor = receipt_gifts.donor(email=f"donor{number}@example.org")
        gift = receipt_gifts.gift(donor, status="failed")
        ledger.post_gift(gift, charge_id=f"ch_{number}", fee_cents=0, occurred_at=now)
        Receipt.objects.create(
            donation=gift,
            series="C",
            year=2026,
            number=number + 1,
            facts={},
            template_version="1",
            issued_at=now,
        )
        StripeEvent.objects.create(
            event_id=f"evt_{number}", type="x", livemode=False, payload={}, created_at=now
        )
        Letter.objects.create(key=f"k{number}", kind="gift_thanks", to=donor.email, language="fr")
        Subscription.objects.create(
            email=donor.email,
            program=gift.program,
            language="fr",
            consent_text="x",
            source="x",
            consented_at=now,
        )


def queries(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/admin/{name}/").status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", LISTS)
def test_a_long_list_costs_the_queries_of_a_short_one(superuser: Client, name: str) -> None:
    fill(range(2))
    queries(superuser, name)
    few = queries(superuser, name)

    fill(range(2, 14))

    assert queries(superuser, name) == few
    assert few <= 12


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_so_and_a_search_without_result_says_that(superuser: Client, name: str) -> None:
    empty = superuser.get(f"/admin/{name}/").content.decode()
    fill(range(1))

    assert LISTS[name] in empty
    if admin.site.get_model_admin(model_of(name)).search_fields:
        found = superuser.get(f"/admin/{name}/?q=zzzz").content.decode()
        assert "Nothing here matches what you look for." in found


def model_of(name: str) -> type:
    label = name.replace("/", ".")
    return next(model for model in admin.site._registry if model._meta.label_lower == label)


def test_money_and_days_are_written_as_people_write_them(superuser: Client) -> None:
    fill(range(1))

    english = superuser.get("/admin/donations/ledgerentry/").content.decode()
    french = superuser.get(
        "/admin/donations/ledgerentry/", headers={"accept-language": "fr"}
    ).content.decode()

    assert "€50.00" in english
    assert "50,00\xa0€" in french
    assert f"{timezone.localtime():%H:%M}"[:2] in english
    assert " p.m." not in english
    assert " a.m." not in english


def test_a_page_is_named_by_its_gift_and_donor_or_by_its_own_name_as_written(superuser: Client) -> None:
    fill(range(1))

    def named(row: Donation | Letter) -> str:
        path = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
        response = superuser.get(path)
        assert response.status_code == 200
        return response.content.decode().split('class="truncate">')[-1].split("</a>")[0].strip()

    gift = Donation.objects.select_related("donor").get()
    assert named(gift) == f"€50, {gift.donor.name}"
    assert named(Letter.objects.get()) == "k0"


def test_a_language_is_called_by_its_name(superuser: Client) -> None:
    fill(range(1))

    english = superuser.get("/admin/outreach/subscription/").content.decode()
    french = superuser.get(
        "/admin/outreach/subscription/", headers={"accept-language": "fr"}
    ).content.decode()

    assert ">French<" in english
    assert ">Français<" in french


def test_every_list_of_the_admin_is_a_plain_one() -> None:
    assert [name for name, shown in admin.site._registry.items() if not isinstance(shown, PlainAdmin)] == []


@pytest.mark.parametrize(
    "query",
    [
        "{day}__year=99999999999",
        "{day}__year=" + "9" * 30,
        "{day}__year=9999",
        "{day}__year=9999&{day}__month=12&{day}__day=31",
        "{day}__month=13",
        "id__exact=" + "9" * 30,
        "pk=x",
        "q=%00",
        "p=" + "9" * 5000,
    ],
    ids=lambda query: query[:30],
)
@pytest.mark.parametrize("name", ["donations/donation", "donations/offlinegift", "programs/progressupdate"])
def test_an_address_that_asks_for_nonsense_is_answered(superuser: Client, name: str, query: str) -> None:
    fill(range(1))
    day = admin.site.get_model_admin(model_of(name)).date_hierarchy

    answer = superuser.get(f"/admin/{name}/?{query.format(day=day)}", follow=True)

    assert answer.status_code == 200
    assert not answer.redirect_chain or answer.redirect_chain[-1][0].endswith("?e=1")


@pytest.mark.parametrize("status", ["%00", "x"])
def test_a_choice_that_is_none_is_answered(superuser: Client, status: str) -> None:
    assert superuser.get(f"/admin/donations/donation/?status__exact={status}", follow=True).status_code == 200


@pytest.mark.parametrize("role", ["9" * 5000, "9" * 30, "²", "٣", "x"])
def test_a_role_that_is_no_number_shows_everybody_or_nobody(superuser: Client, role: str) -> None:
    assert superuser.get("/admin/auth/user/", {"role": role}).status_code == 200


@pytest.mark.parametrize("number", ["²", "9" * 5000, "9" * 30, "\x00", "٣"])
@pytest.mark.parametrize("name", [*LISTS, "donations/bankline", "donations/offlinegift"])
def test_the_page_of_no_row_is_answered(superuser: Client, name: str, number: str) -> None:
    answer = superuser.get(f"/admin/{name}/{quote(number, safe='')}/change/", follow=True)

    assert answer.status_code in {200, 404}
