"""`check_stripe` says whether Stripe tells us what we need to know, and in the right mode."""

from io import StringIO
from typing import Any

import pytest
import stripe
from django.core.management import CommandError, call_command

from donations import hearing, stripe_setup
from donations.models import Donation
from programs.models import Program
from tests.donations.odd_money import change
from tests.giving import give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(stripe_sandbox: str) -> Any:
    """Stripe, as somebody at its dashboard has it."""
    client = stripe.StripeClient("sk_test_sandbox", base_addresses={"api": f"{stripe_sandbox}/sandbox"})
    return client.v1.webhook_endpoints


@pytest.fixture
def endpoint(api: Any) -> str:
    """The endpoint of this site, as the sandbox has it."""
    (own,) = api.list().data
    return str(own.id)


def texts() -> list[str]:
    return [problem.text for problem in stripe_setup.problems()]


def test_a_site_that_is_told_everything_has_no_problem(endpoint: str) -> None:
    out = StringIO()

    call_command("check_stripe", stdout=out)

    assert f"is sent the {len(hearing.HANDLERS)} kinds of event" in out.getvalue()


def test_a_missing_event_is_named_and_the_command_exits_1(endpoint: str, api: Any) -> None:
    api.update(endpoint, {"enabled_events": sorted(set(hearing.HANDLERS) - {"checkout.session.completed"})})
    out = StringIO()

    with pytest.raises(CommandError) as failed:
        call_command("check_stripe", stdout=out)

    assert failed.value.returncode == 1
    assert f"{endpoint} is not sent checkout.session.completed." in out.getvalue()


def test_a_disabled_endpoint_and_a_second_one_are_named(endpoint: str, api: Any, stripe_sandbox: str) -> None:
    api.update(endpoint, {"disabled": True})
    api.create({"url": f"{stripe_sandbox}/stripe/webhook/", "enabled_events": ["*"]})

    found = texts()

    assert f"2 webhook endpoints point at {stripe_sandbox}/stripe/webhook/." in found
    assert f"{endpoint} is disabled." in found


def test_an_endpoint_elsewhere_is_not_ours(endpoint: str, settings: Any) -> None:
    settings.SITE_URL = "https://elsewhere.example.org"

    assert texts() == ["No webhook endpoint points at https://elsewhere.example.org/stripe/webhook/."]


def test_an_endpoint_of_the_other_mode_is_named(endpoint: str) -> None:
    change("webhook_endpoint", livemode=True)

    assert texts() == [f"{endpoint} is an endpoint of live mode, the key is of test mode."]


def test_gifts_begun_in_the_other_mode_are_named(endpoint: str, program: Program) -> None:
    donation = give()
    Donation.objects.filter(pk=donation.pk).update(livemode=True)

    assert texts() == ["1 waiting gifts were begun in live mode."]


def test_stripe_that_does_not_answer_is_no_verdict(endpoint: str, settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9/sandbox"

    with pytest.raises(CommandError) as failed:
        call_command("check_stripe")

    assert failed.value.returncode == 2


def test_an_endpoint_that_speaks_the_accounts_own_version_is_named(endpoint: str) -> None:
    """As one made in the dashboard does: Stripe then says none, and the account may be years old."""
    change("webhook_endpoint", api_version=None)

    assert texts() == [f"{endpoint} speaks the account’s own version, we {stripe.api_version}."]


def test_an_endpoint_that_speaks_another_version_is_named(endpoint: str) -> None:
    change("webhook_endpoint", api_version="2020-08-27")

    assert texts() == [f"{endpoint} speaks API version 2020-08-27, we {stripe.api_version}."]


def test_a_customer_portal_that_would_not_open_is_named(endpoint: str, stripe_sandbox: str) -> None:
    """Stripe opens it for nobody until somebody has saved in its dashboard what may be done there."""
    portal = stripe.StripeClient("sk_test_sandbox", base_addresses={"api": f"{stripe_sandbox}/sandbox"})
    configurations = portal.v1.billing_portal.configurations
    (saved,) = configurations.list({"is_default": True}).data
    configurations.update(saved.id, {"features": {"payment_method_update": {"enabled": False}}})

    assert texts() == ["Stripe’s page where donors change their card or account cannot be opened."]
