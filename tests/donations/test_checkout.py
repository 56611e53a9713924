import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from django.db import connection
from django.test import Client

from donations import checkout
from donations.gateway import asking
from donations.models import Donation, Donor, Status
from programs.models import Program
from sandbox import faults
from sandbox.models import StripeObject
from tests.broken_stripe import broken_stripe
from tests.giving import form_data, give, pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def test_the_form_leads_to_the_payment_page() -> None:
    answer = Client().post("/en/hematology/give/", form_data(updates="on"))

    donation = Donation.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == donation.checkout_url
    assert donation.status == Status.PENDING
    assert donation.amount_cents == 5000
    assert donation.updates_consent
    assert requests.get(donation.checkout_url, timeout=10).status_code == 200


def test_the_same_form_sent_twice_is_one_gift() -> None:
    client, token = Client(), uuid.uuid4().hex

    first = client.post("/en/hematology/give/", form_data(token=token))
    second = client.post("/en/hematology/give/", form_data(token=token))

    assert first["Location"] == second["Location"]
    assert Donation.objects.count() == Donor.objects.count() == 1


def test_a_double_click_is_one_gift() -> None:
    token = uuid.uuid4().hex

    def click(_number: int) -> str:
        try:
            return Client().post("/en/hematology/give/", form_data(token=token))["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        addresses = set(pool.map(click, range(4)))

    assert len(addresses) == 1
    assert Donation.objects.count() == 1


def test_the_same_form_with_another_amount_is_another_gift() -> None:
    token = uuid.uuid4().hex

    give(token=token)
    give(token=token, amount="100")

    assert sorted(Donation.objects.values_list("amount_cents", flat=True)) == [5000, 10000]


def test_a_form_sent_again_after_paying_shows_the_gift() -> None:
    client, token = Client(), uuid.uuid4().hex
    donation = give(client, token=token)
    pay(donation)
    client.get(f"/en/gifts/{donation.public_id}/")

    answer = client.post("/en/hematology/give/", form_data(token=token))

    assert answer.status_code == 302
    assert answer["Location"] == f"/en/gifts/{donation.public_id}/"


def test_a_form_never_changes_a_donor_who_gave_before() -> None:
    give()

    give(last_name="Imposteur", address="2 rue Autre")

    assert Donor.objects.filter(email="camille@example.org").count() == 2
    assert Donor.objects.order_by("pk")[0].address == "1 rue de l’Exemple"


def test_coming_back_from_the_payment_page_finds_the_form_filled_in() -> None:
    client = Client()
    donation = give(client, amount="other", other_amount="77,50")
    cancelled = requests.post(
        donation.checkout_url, data={"action": "cancel"}, allow_redirects=False, timeout=10
    ).headers["Location"]

    page = client.get(cancelled[cancelled.index("/en/") :]).content.decode()

    assert 'value="77.50"' in page
    assert 'value="Camille"' in page
    assert "camille@example.org" in page


def test_somebody_else_with_that_address_sees_nothing_of_the_donor() -> None:
    donation = give()

    page = Client().get(f"/en/hematology/give/?cancelled={donation.public_id}").content.decode()

    assert "camille@example.org" not in page
    assert "Camille" not in page


def test_nobody_is_told_that_nothing_was_charged_for_a_gift_that_was_paid_since() -> None:
    client = Client()
    donation = give(client)
    cancelled = f"/en/hematology/give/?cancelled={donation.public_id}"
    assert "nothing has been charged" in client.get(cancelled).content.decode()
    pay(donation)  # forward again, in the same browser
    client.get(f"/en/gifts/{donation.public_id}/")

    answer = client.get(cancelled)  # the browser's way back

    assert answer.status_code == 302
    assert answer["Location"] == f"/en/gifts/{donation.public_id}/"


def test_nor_is_whoever_has_begun_and_paid_another_gift_since() -> None:
    client = Client()
    cancelled = f"/en/hematology/give/?cancelled={give(client).public_id}"
    client.get(cancelled)
    pay(give(client, amount="100"))

    page = client.get(cancelled).content.decode()  # back, past the payment page

    assert "nothing has been charged" not in page


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED])
def test_whoever_comes_back_from_a_page_that_is_closed_by_now_may_give_anew(status: Status) -> None:
    client = Client()
    donation = give(client)
    Donation.objects.update(status=status)

    answer = client.get(f"/en/hematology/give/?cancelled={donation.public_id}")

    assert (answer.status_code, "nothing has been charged" in answer.content.decode()) == (200, False)


def test_an_amount_of_ones_own_comes_back_as_one_writes_it_in_french() -> None:
    client = Client()
    donation = give(client, amount="other", other_amount="12,50")

    page = client.get(f"/fr/hematologie/give/?cancelled={donation.public_id}").content.decode()

    assert 'value="12,50"' in page


def test_a_browser_that_keeps_no_answers_is_not_told_that_they_are_still_there() -> None:
    donation = give()

    page = Client().get(f"/en/hematology/give/?cancelled={donation.public_id}").content.decode()

    assert "Your answers are still here." not in page


def test_the_gift_given_up_for_another_is_closed(program: Program) -> None:
    client = Client()
    first = give(client)
    client.get(f"/en/hematology/give/?cancelled={first.public_id}")

    give(client, amount="100")
    checkout.close(first)

    assert "expired" in requests.get(first.checkout_url, timeout=10).text.lower()


def test_stripe_down_keeps_everything_typed_and_charges_nothing(settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"

    answer = Client().post("/en/hematology/give/", form_data(token="t1"))

    page = answer.content.decode()
    assert answer.status_code == 503
    assert 'value="Camille"' in page
    assert "camille@example.org" in page
    assert Donation.objects.get().stripe_session_id is None


@pytest.mark.parametrize("status", [402, 429, 500, 503])
def test_whatever_stripe_answers_the_donor_is_told_plainly(settings: Any, status: int) -> None:
    with broken_stripe(status) as address:
        settings.STRIPE_API_BASE = address
        answer = Client().post("/en/hematology/give/", form_data())

    assert answer.status_code in {502, 503}
    assert "camille@example.org" in answer.content.decode()
    assert Donation.objects.get().status == Status.PENDING


def test_a_client_of_no_patience_is_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    patient = asking.client()
    monkeypatch.setattr(asking, "_RETRIES", 0)

    assert asking.client() is not patient


def test_stripe_that_never_answers_is_given_up(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(asking, "_READ_SECONDS", 0.5)
    monkeypatch.setattr(asking, "_RETRIES", 0)
    with broken_stripe(None) as address:
        settings.STRIPE_API_BASE = address
        answer = Client().post("/en/hematology/give/", form_data())

    assert answer.status_code == 503
    assert 'value="Camille"' in answer.content.decode()
    assert f"gift {Donation.objects.get().public_id} has no payment page yet" in caplog.text
    assert "APIConnectionError" in caplog.text


def test_after_stripe_was_down_the_same_form_finds_the_same_gift(settings: Any, stripe_sandbox: str) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    Client().post("/en/hematology/give/", form_data(token="t1"))
    settings.STRIPE_API_BASE = f"{stripe_sandbox}/sandbox"

    give(token="t1")

    assert Donation.objects.count() == 1


def test_the_same_form_gets_past_a_failure_that_stripe_remembers() -> None:
    faults.inject("error", match="POST checkout/sessions")
    failed = Client().post("/en/hematology/give/", form_data(token="t1"))

    donation = give(token="t1")
    again = Client().post("/en/hematology/give/", form_data(token="t1"))

    assert failed.status_code == 503
    assert again["Location"] == donation.checkout_url
    assert StripeObject.objects.of_kind("checkout.session").count() == 1


def test_a_form_without_its_token_comes_back_filled_in() -> None:
    answer = Client(enforce_csrf_checks=True).post("/en/hematology/give/", form_data())

    assert answer.status_code == 403
    assert 'value="Camille"' in answer.content.decode()
    assert not Donation.objects.exists()


def test_the_language_may_be_changed_midway() -> None:
    answer = Client().post(
        "/fr/hematologie/give/", form_data(switch="1", amount="other", other_amount="12,5")
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'lang="fr"' in page
    assert 'value="12,5"' in page
    assert not Donation.objects.exists()


def test_the_other_languages_word_leads_to_the_right_address() -> None:
    assert Client().get("/fr/hematology/give/")["Location"] == "/fr/hematologie/give/"


def test_an_unpublished_programme_takes_no_gift(program: Program) -> None:
    program.status = "draft"
    program.save()

    assert Client().get("/en/hematology/give/").status_code == 404
    assert Client().post("/en/hematology/give/", form_data()).status_code == 404
    assert not Donation.objects.exists()


def test_errors_keep_everything_typed() -> None:
    answer = Client().post(
        "/en/hematology/give/", form_data(email="nobody", last_name='"><script>x</script>')
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Camille"' in page
    assert "<script>x" not in page
    assert 'aria-invalid="true"' in page
