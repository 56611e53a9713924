import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from donations import tax
from donations.models import Issuer, Regime, TaxRule

RATES = {"income": 66, "wealth": 75, "company": 60}


@pytest.mark.parametrize(
    ("gift", "income", "wealth", "company"),
    [
        (1_000, 340, 250, 400),
        (3_000, 1_020, 750, 1_200),
        (5_000, 1_700, 1_250, 2_000),
        (8_000, 2_720, 2_000, 3_200),
        (10_000, 3_400, 2_500, 4_000),
        (15_000, 5_100, 3_750, 6_000),
        (25_000, 8_500, 6_250, 10_000),
        (50_000, 17_000, 12_500, 20_000),
        (100_000, 34_000, 25_000, 40_000),
    ],
)
def test_a_gift_costs_what_the_law_leaves(gift: int, income: int, wealth: int, company: int) -> None:
    costs = {regime: tax.net_cost_cents(gift, rate) for regime, rate in RATES.items()}

    assert costs == {"income": income, "wealth": wealth, "company": company}


def test_twenty_euros_a_month_cost_eighty_one_sixty_a_year() -> None:
    assert tax.net_cost_cents(12 * 2_000, 66) == 8_160


def test_the_reduction_is_rounded_down_so_the_cost_is_never_understated() -> None:
    assert tax.reduction_cents(501, 66) == 330  # 330.66
    assert tax.net_cost_cents(501, 66) == 171


def test_the_wealth_tax_reduction_stops_at_its_cap() -> None:
    assert tax.net_cost_cents(6_666_667, 75, cap_cents=5_000_000) == 1_666_667
    assert tax.net_cost_cents(10_000_000, 75, cap_cents=5_000_000) == 5_000_000


def test_a_company_may_count_twenty_thousand_euros_or_five_per_mille_of_turnover() -> None:
    assert tax.company_limit_cents(0) == 2_000_000
    assert tax.company_limit_cents(400_000_000) == 2_000_000
    assert tax.company_limit_cents(1_000_000_000) == 5_000_000


@pytest.mark.parametrize(("cents", "rate"), [(-1, 66), (100, -1), (100, 101)])
def test_impossible_gifts_and_rates_are_refused(cents: int, rate: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        tax.net_cost_cents(cents, rate)


@given(st.integers(0, 10**18), st.integers(0, 100))
def test_reduction_and_cost_make_the_gift_again(cents: int, rate: int) -> None:
    reduction = tax.reduction_cents(cents, rate)
    cost = tax.net_cost_cents(cents, rate)

    assert reduction + cost == cents
    assert 0 <= cost <= cents
    assert reduction * 100 <= cents * rate < (reduction + 1) * 100


def load() -> None:
    call_command("load_tax_rules", stdout=StringIO())


@pytest.mark.django_db
def test_loading_adds_the_rules_and_the_issuer_once() -> None:
    load()
    load()

    assert dict(TaxRule.objects.values_list("regime", "rate_percent")) == RATES
    assert Issuer.objects.get().name == "Institut Imagine"


@pytest.mark.django_db
def test_loading_leaves_what_staff_changed() -> None:
    load()
    TaxRule.objects.filter(regime=Regime.INCOME).update(rate_percent=50, confirmed=False)
    Issuer.objects.update(name="Renamed", siren="123456789")

    load()

    income = TaxRule.objects.get(regime=Regime.INCOME)
    assert (income.rate_percent, income.confirmed) == (50, False)
    assert Issuer.objects.get().name == "Renamed"


@pytest.mark.django_db
def test_only_a_confirmed_rule_that_has_begun_is_in_force() -> None:
    load()
    TaxRule.objects.create(
        regime=Regime.INCOME, valid_from=dt.date(2027, 1, 1), rate_percent=60, confirmed=True
    )
    TaxRule.objects.create(
        regime=Regime.INCOME, valid_from=dt.date(2026, 7, 1), rate_percent=10, confirmed=False
    )

    def rate(regime: Regime, on: dt.date) -> int | None:
        rule = TaxRule.objects.in_force(regime, on)
        return rule.rate_percent if rule else None

    assert rate(Regime.INCOME, dt.date(2025, 12, 31)) is None
    assert rate(Regime.INCOME, dt.date(2026, 1, 1)) == 66
    assert rate(Regime.INCOME, dt.date(2026, 12, 31)) == 66
    assert rate(Regime.INCOME, dt.date(2027, 1, 1)) == 60
    assert rate(Regime.WEALTH, dt.date(2026, 6, 1)) is None
    assert rate(Regime.COMPANY, dt.date(2026, 6, 1)) is None
