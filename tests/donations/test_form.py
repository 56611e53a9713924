import pytest
from django.test import Client
from django.utils import translation

from donations.forms import GiftForm, is_siren
from donations.models import Regime, TaxRule
from programs.models import Program
from tests.giving import form_data

pytestmark = pytest.mark.django_db


def gift_form(program: Program, **changes: object) -> GiftForm:
    return GiftForm(form_data(**changes), program=program)


def test_a_complete_form_gives_typed_answers(program: Program) -> None:
    form = gift_form(program, updates="on")

    assert form.is_valid(), form.errors
    answers = form.answers()
    assert answers.amount_cents == 5000
    assert answers.email == "camille@example.org"
    assert "one click" in answers.updates_consent


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("50", 5000),
        ("50,5", 5050),
        ("50.50", 5050),
        ("1 000", 100_000),
        ("1\u00a0000", 100_000),
        ("1\u202f000", 100_000),
    ],
)
def test_another_amount_may_be_written_as_people_write(program: Program, typed: str, cents: int) -> None:
    form = gift_form(program, amount="other", other_amount=typed)

    assert form.is_valid(), form.errors
    assert form.answers().amount_cents == cents


@pytest.mark.parametrize(
    "typed",
    [
        "-5",
        "0",
        "4.99",
        "1.000",
        "1e9",
        "NaN",
        "12,345",
        "🎁",
        "9" * 10_000,
        "",
        "inf",
        "0x50",
        "100000,01",
        "5O",
    ],
)
def test_what_is_no_amount_is_explained_beside_its_field(program: Program, typed: str) -> None:
    form = gift_form(program, amount="other", other_amount=typed)

    assert not form.is_valid()
    assert form.errors.keys() == {"other_amount"}
    assert all(len(str(message)) > 20 for message in form.errors["other_amount"])


def test_an_amount_that_reads_two_ways_is_asked_about(program: Program) -> None:
    form = gift_form(program, amount="other", other_amount="1.000")

    assert "€1,000" in str(form.errors["other_amount"])
    assert "€1" in str(form.errors["other_amount"])


def test_an_amount_typed_without_choosing_other_is_understood(program: Program) -> None:
    form = gift_form(program, amount=None, other_amount="75")

    assert form.is_valid(), form.errors
    assert form.answers().amount_cents == 7500


def test_no_amount_at_all_is_asked_for(program: Program) -> None:
    assert gift_form(program, amount=None).errors.keys() == {"amount"}


@pytest.mark.parametrize("amount", ["75", "-50", "5e1", "<script>"])
def test_an_amount_that_was_not_offered_is_refused(program: Program, amount: str) -> None:
    assert "amount" in gift_form(program, amount=amount).errors


@pytest.mark.parametrize(
    "email",
    [
        "a@example.org\nBcc: b@example.org",
        "a@example.org\r\nX: y",
        "no-at-sign",
        "a b@example.org",
        "x" * 260 + "@example.org",
    ],
)
def test_an_address_that_is_no_address_is_refused(program: Program, email: str) -> None:
    assert gift_form(program, email=email).errors.keys() == {"email"}


def test_the_address_is_kept_in_lower_case(program: Program) -> None:
    form = gift_form(program, email="Camille@Example.ORG")

    assert form.is_valid()
    assert form.answers().email == "camille@example.org"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<b>Camille</b>", "<b>Camille</b>"),
        ('#panic("x")', '#panic("x")'),
        ("\u202eellimaC\u202c", "ellimaC"),
        ("李小龙", "李小龙"),
        ("🙂", "🙂"),
        ("C" * 500, "C" * 500),
        ("Ca\nmille\tA", "Ca mille A"),
        ("Ca\x00mille", "Ca mille"),
    ],
)
def test_any_name_a_person_may_have_is_taken(program: Program, typed: str, kept: str) -> None:
    form = gift_form(program, first_name=typed)

    assert form.is_valid(), form.errors
    assert form.answers().first_name == kept


def test_a_name_of_501_characters_is_refused_with_the_rest_kept(program: Program) -> None:
    form = gift_form(program, first_name="C" * 501)

    assert form.errors.keys() == {"first_name"}
    assert form["last_name"].value() == "Exemple"


@pytest.mark.parametrize("country", ["XX", "ZZ", "EU", "fr", "France", "<"])
def test_an_unknown_country_is_refused(program: Program, country: str) -> None:
    assert gift_form(program, country=country).errors.keys() == {"country"}


def test_a_french_address_is_complete(program: Program) -> None:
    form = gift_form(program, address="", postal_code="7501", city="")

    assert form.errors.keys() == {"address", "postal_code", "city"}


def test_elsewhere_an_address_may_have_no_postal_code(program: Program) -> None:
    assert gift_form(program, country="IE", postal_code="").is_valid()


def test_a_company_gives_its_name_and_a_true_siren(program: Program) -> None:
    form = gift_form(program, donor_kind="company", first_name="", last_name="", siren="123 456 789")

    assert form.errors.keys() == {"company_name", "siren"}
    assert is_siren("732829320")
    assert not is_siren("732829321")


def test_an_individual_leaves_no_company_behind(program: Program) -> None:
    form = gift_form(program, company_name="Exemple SA", siren="732829320")

    assert form.is_valid()
    assert form.answers().company_name == form.answers().siren == ""


def test_a_name_to_show_is_needed_only_by_those_who_show_one(program: Program) -> None:
    assert gift_form(program, display="name").errors.keys() == {"public_name"}
    assert gift_form(program, display="anonymous", public_name="Camille").is_valid()


@pytest.mark.parametrize("frequency", ["once", "monthly", "yearly"])
def test_a_gift_is_made_once_every_month_or_every_year(program: Program, frequency: str) -> None:
    form = gift_form(program, frequency=frequency)

    assert form.is_valid()
    assert form.answers().frequency == frequency


def test_another_frequency_is_refused(program: Program) -> None:
    assert gift_form(program, frequency="daily").errors.keys() == {"frequency"}


def test_each_frequency_is_offered_its_own_amounts_and_none_is_chosen_for_a_plan(program: Program) -> None:
    program.suggestedamounts.filter(frequency="monthly").delete()
    for cents in (1000, 5000):
        program.suggestedamounts.create(frequency="monthly", amount_cents=cents)

    once, monthly = GiftForm(initial={"frequency": "once"}, program=program).offers
    _once, chosen = GiftForm(form_data(frequency="monthly"), program=program).offers

    assert (once.frequencies, monthly.frequencies) == ("once yearly", "monthly")
    assert [row.value for row in monthly.suggestions] == ["10", "50"]
    assert not any(row.checked for row in monthly.suggestions)
    assert [row.checked for row in chosen.suggestions] == [False, True]
    assert not any(row.checked for row in _once.suggestions)
    assert gift_form(program, amount="10", frequency="monthly").is_valid()


def test_a_use_of_another_programme_is_refused(program: Program) -> None:
    assert gift_form(program, designation="999999").errors.keys() == {"designation"}


def test_without_suggestions_the_amount_of_ones_own_is_the_one_chosen(
    program: Program, client: Client
) -> None:
    address = f"{program.get_absolute_url()}give/"
    chosen = 'value="other" id="id_amount_other" checked'

    assert chosen not in client.get(address).content.decode()
    program.suggestedamounts.all().delete()
    assert chosen in client.get(address).content.decode()


def test_suggestions_show_the_cost_after_tax(program: Program) -> None:
    rule = TaxRule.objects.get(regime=Regime.INCOME)
    form = GiftForm(form_data(), program=program, tax_rule=rule)

    fifty = next(row for row in form.offers[0].suggestions if row.value == "50")

    assert (fifty.amount_cents, fifty.net_cost_cents, fifty.checked) == (5000, 1700, True)


def test_errors_speak_the_language_of_the_page(program: Program) -> None:
    with translation.override("fr"):
        form = gift_form(program, amount="other", other_amount="2")
        message = str(form.errors["other_amount"])

    assert "5\u00a0€" in message
