"""Donors notice nothing of the guard; card testers get nowhere, and it steps up and down by itself."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from donations import guard
from donations.guard import Outcome, attacks, form_age, outcomes
from donations.hearing import declines
from donations.models import Attack, Attempt, Decline, Donation, RateCount
from programs.models import Program
from tests.donations.guarding import attempt, decline, gift, proven, sent, solved, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_proofs(settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"PROOF_STEPS": 2}


def outcome(program: Program, *args: Any) -> Outcome:
    return attempt(program, *args)[0].outcome


def under_attack(program: Program, level: int = attacks.PROOF) -> None:
    attacks.sign(program, level=level)


def test_a_donor_goes_on_and_is_remembered_without_any_address(program: Program) -> None:
    verdict, donation = attempt(program)

    assert verdict == guard.Verdict(Outcome.GO_ON)
    kept = str(Attempt.objects.values().get(donation=donation)) + str(list(RateCount.objects.values()))
    assert "203.0.113" not in kept
    assert "camille" not in kept


def test_a_sixth_gift_from_one_address_needs_a_proof_and_then_goes_on(program: Program) -> None:
    first = [outcome(program, visitor(email=f"{n}@example.org")) for n in range(5)]

    assert first == [Outcome.GO_ON] * 5
    assert outcome(program, visitor(), sent(seconds=5)) is Outcome.PROVE
    assert outcome(program, visitor(), proven(program)) is Outcome.GO_ON
    assert outcome(program, visitor("198.51.100.7"), sent()) is Outcome.GO_ON


def test_gifts_that_are_paid_are_not_counted(program: Program) -> None:
    for _gift in range(12):
        verdict, donation = attempt(program, visitor(), sent(seconds=5))
        assert verdict.outcome is Outcome.GO_ON
        assert donation is not None
        guard.succeeded(donation)
        guard.succeeded(donation)

    # Told twice of each, it has counted each down once: five more may come, and no sixth.
    more = [outcome(program, visitor(), sent(seconds=5)) for _gift in range(6)]
    assert more == [Outcome.GO_ON] * 5 + [Outcome.PROVE]


def test_one_network_and_one_email_address_have_their_share_too(program: Program, settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"NETWORK_PER_HOUR": 3, "EMAIL_PER_HOUR": 3}
    for host in range(3):
        assert outcome(program, visitor(f"203.0.113.{host}", f"{host}@example.org")) is Outcome.GO_ON
    for net in range(3):
        assert outcome(program, visitor(f"198.51.{net}.1")) is Outcome.GO_ON

    assert outcome(program, visitor("203.0.113.9", "new@example.org"), sent(seconds=5)) is Outcome.PROVE
    assert outcome(program, visitor("198.51.9.1"), sent(seconds=5)) is Outcome.PROVE


def test_many_forms_a_minute_on_one_programme_need_proofs_from_wherever(
    program: Program, settings: Any
) -> None:
    settings.GUARD = settings.GUARD | {"PROGRAM_PER_MINUTE": 3}
    who = [visitor(f"203.0.{number}.1", f"{number}@example.org") for number in range(4)]
    first = [outcome(program, each, sent(seconds=5)) for each in who]

    assert first == [Outcome.GO_ON] * 3 + [Outcome.PROVE]
    assert outcome(program, who[3], proven(program)) is Outcome.GO_ON  # asked for work, and never refused
    assert outcome(program, guard.of({}, email="x@example.org"), sent(seconds=None)) is Outcome.PROVE


def test_a_flood_is_refused_even_with_proofs(program: Program, settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"ADDRESS_PER_HOUR": 1, "FLOOD_FACTOR": 2}
    taken = [outcome(program, visitor(email=f"{n}@example.org"), proven(program)) for n in range(3)]

    assert taken == [Outcome.GO_ON, Outcome.GO_ON, Outcome.REFUSE]


def test_an_address_whose_cards_are_all_declined_is_refused_and_one_that_paid_is_not(
    program: Program, settings: Any
) -> None:
    settings.GUARD = settings.GUARD | {"DECLINES_PER_HOUR": 3}
    _verdict, tester = attempt(program, visitor("203.0.113.5"))
    _verdict, family = attempt(program, visitor("198.51.100.5"))
    _verdict, paid = attempt(program, visitor("198.51.100.5"))
    decline(tester, 3)
    decline(family, 3)
    assert paid is not None
    guard.succeeded(paid)

    assert outcome(program, visitor("203.0.113.5"), proven(program)) is Outcome.REFUSE
    assert outcome(program, visitor("198.51.100.5"), sent(seconds=5)) is Outcome.GO_ON


def test_a_machine_that_changes_its_address_of_ipv6_is_one_machine(program: Program, settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"DECLINES_PER_HOUR": 3}
    for host in range(1, 4):
        _verdict, tested = attempt(program, visitor(f"2001:db8::{host}", f"{host}@example.org"))
        decline(tested)

    assert outcome(program, visitor("2001:db8::4", "4@example.org"), proven(program)) is Outcome.REFUSE


def test_nobody_can_keep_another_from_giving_by_using_up_their_email_address(
    program: Program, settings: Any
) -> None:
    settings.GUARD = settings.GUARD | {"EMAIL_PER_HOUR": 1, "FLOOD_FACTOR": 2}
    for net in range(4):
        outcome(program, visitor(f"198.51.{net}.1", "camille@example.org"), proven(program))

    assert outcome(program, visitor("203.0.113.5", "camille@example.org"), proven(program)) is Outcome.GO_ON


def test_declines_for_several_people_in_one_network_make_it_prove_itself(program: Program) -> None:
    for host in range(4):
        _verdict, donation = attempt(program, visitor(f"203.0.113.{host}", f"{host}@example.org"))
        decline(donation)

    assert outcome(program, visitor("203.0.113.77"), sent(seconds=5)) is Outcome.PROVE
    assert outcome(program, visitor("203.0.113.77"), proven(program)) is Outcome.GO_ON


def test_one_person_who_mistypes_is_asked_for_nothing(program: Program) -> None:
    for _time in range(4):
        _verdict, donation = attempt(program)
        decline(donation)

    assert outcome(program, visitor(), sent(seconds=5)) is Outcome.GO_ON
    assert attacks.level(program) == attacks.CALM


def test_the_field_that_nobody_sees_refuses_whoever_fills_it_in(program: Program) -> None:
    assert outcome(program, visitor(), sent(trap="Buy now")) is Outcome.REFUSE


def test_a_form_open_for_more_than_a_day_is_shown_again(program: Program) -> None:
    assert outcome(program, visitor(), sent(seconds=25 * 3600)) is Outcome.STALE
    assert not Attack.objects.exists()


@pytest.mark.parametrize("seconds", [0.5, None])
def test_a_form_sent_at_once_may_pass_once_an_hour(program: Program, seconds: float | None) -> None:
    assert outcome(program, visitor(), sent(seconds=seconds)) is Outcome.GO_ON
    assert outcome(program, visitor(), sent(seconds=seconds)) is Outcome.PROVE
    assert outcome(program, visitor(), proven(program, seconds=seconds)) is Outcome.GO_ON


@pytest.mark.parametrize("cut", [0, 1, 16, 31])
def test_a_stamp_serves_no_part_of_its_token(cut: int) -> None:
    token = "0123456789abcdef" * 2
    stamp = guard.stamp(token)

    assert form_age.age(stamp, token=token) is not None
    assert form_age.age(token[cut:] + stamp, token=token[:cut]) is None


def test_declines_on_many_addresses_begin_an_attack_and_quiet_ends_it(program: Program) -> None:
    for number in range(10):
        _verdict, donation = attempt(program, visitor(f"203.0.{number}.1", f"{number}@example.org"))
        decline(donation)

    assert attacks.level(program) == attacks.PROOF
    assert outcome(program, visitor("198.51.100.1"), sent(seconds=5)) is Outcome.PROVE
    assert attacks.standing()[0].declined == 10
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert attacks.level(program) == attacks.CALM
        assert attacks.standing() == []
        guard.tidy()
        assert Attack.objects.get().ended_at is not None
        assert outcome(program, visitor("198.51.100.1"), sent(seconds=5)) is Outcome.GO_ON


def test_many_declines_among_very_many_gifts_are_no_attack(program: Program) -> None:
    """An evening on television: ten in a minute, and they are three in a hundred."""
    donations = [gift(program) for _number in range(60)]
    Attempt.objects.bulk_create(
        Attempt(
            donation=each, program=program, address=f"{each.pk}", network=f"{each.pk}", email=f"{each.pk}"
        )
        for each in donations
    )
    for each in donations[:12]:
        decline(each)

    assert attacks.level(program) == attacks.CALM


def test_a_decline_told_of_twice_counts_once(program: Program) -> None:
    _verdict, donation = attempt(program)
    assert donation is not None
    for _time in range(30):
        assert not guard.declined(donation, source_ref="ch_1")

    assert Decline.objects.count() == 1
    assert attacks.level(program) == attacks.CALM


def test_a_payment_page_that_has_seen_too_many_cards_is_to_be_closed(program: Program, settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"DECLINES_PER_HOUR": 2}
    _verdict, donation = attempt(program)
    assert donation is not None

    assert [guard.declined(donation, source_ref=f"ch_{n}") for n in range(3)] == [False, True, True]


def test_declines_of_a_plans_first_payment_are_counted_though_it_names_no_gift(program: Program) -> None:
    _verdict, once = attempt(program)
    _verdict, monthly = attempt(program)
    assert once is not None
    assert monthly is not None
    Donation.objects.filter(pk=monthly.pk).update(frequency="monthly")
    charge = {"id": "ch_1", "object": "charge", "metadata": {}}

    for email in ("Camille@example.org", "stranger@example.org", None):
        declines.declined({**charge, "billing_details": {"email": email}})
    declines.declined({"id": "pi_1", "object": "payment_intent", "metadata": {}, "latest_charge": "ch_1"})

    assert Decline.objects.get().attempt.donation == monthly


def test_a_gift_that_did_not_come_by_the_form_is_not_the_guards_business(program: Program) -> None:
    donation = gift(program)

    assert not guard.declined(donation, source_ref="ch_1")
    guard.succeeded(donation)
    assert not Decline.objects.exists()


def test_under_attack_a_proof_passes_and_serves_no_other_form(program: Program) -> None:
    under_attack(program)
    form = proven(program)

    assert outcome(program, visitor(), form) is Outcome.GO_ON
    assert outcome(program, visitor(), sent(proof=form.proof, seconds=5)) is Outcome.PROVE
    # The other half of a double click, and no more.
    assert outcome(program, visitor(), form) is Outcome.GO_ON
    hurried = guard.Sent(form.token, "", form.proof, "")
    assert outcome(program, visitor("198.51.100.1"), hurried) is Outcome.PROVE


@pytest.mark.parametrize("payload", ["", "x", "e30=", "é", "W10=", "bnVsbA==", "{}", "A" * 100_000])
def test_what_is_no_proof_is_none(program: Program, payload: str) -> None:
    under_attack(program)

    assert outcome(program, visitor(), sent(proof=payload, seconds=5)) is Outcome.PROVE


def test_under_attack_a_few_who_take_their_time_pass_without_javascript(
    program: Program, settings: Any
) -> None:
    settings.GUARD = settings.GUARD | {"PATIENT_PER_HOUR": 3}
    under_attack(program)

    assert outcome(program, visitor("198.51.100.1"), sent(seconds=5)) is Outcome.PROVE
    hosts = ["203.0.1.1", "203.0.1.1", "203.0.1.1", "203.0.2.1", "203.0.3.1"]
    # Two from one address, three in all.
    assert [outcome(program, visitor(host), sent()) for host in hosts] == [
        Outcome.GO_ON,
        Outcome.GO_ON,
        Outcome.PROVE,
        Outcome.GO_ON,
        Outcome.PROVE,
    ]


def test_cards_declined_in_spite_of_proofs_have_suspicious_gifts_held(program: Program) -> None:
    under_attack(program)
    for number in range(10):
        who = visitor(f"203.0.{number}.1", f"{number}@example.org")
        _verdict, donation = attempt(program, who, proven(program))
        decline(donation)

    assert attacks.level(program) == attacks.REVIEW
    honest = attempt(program, visitor("198.51.100.1", "honest@example.org"), proven(program))[0]
    patient = attempt(program, visitor("198.51.101.1"), sent())[0]
    assert (honest.outcome, honest.review_because) == (Outcome.GO_ON, "")
    assert patient.outcome is Outcome.GO_ON
    assert "without a proof" in patient.review_because


def test_cards_declined_in_spite_of_proofs_hours_apart_hold_nothing(program: Program, settings: Any) -> None:
    settings.GUARD = settings.GUARD | {"DECLINES_PER_MINUTE": 2}
    under_attack(program)
    now = timezone.now()
    for hours in (0, 2, 4):
        with time_machine.travel(now + dt.timedelta(hours=hours)):
            Attack.objects.update(last_sign_at=timezone.now())  # somebody else keeps it up
            who = visitor(f"203.0.{hours}.1", f"{hours}@example.org")
            decline(attempt(program, who, proven(program))[1])

            assert attacks.level(program) == attacks.PROOF


def test_what_is_held_for_needs_harder_work(program: Program) -> None:
    under_attack(program)
    token = "t" * 32
    easy = solved(program, token=token)
    under_attack(program, attacks.REVIEW)

    assert outcome(program, visitor(), sent(token=token, proof=easy, seconds=5)) is Outcome.PROVE
    assert outcome(program, visitor(), proven(program)) is Outcome.GO_ON


def test_it_stands_down_a_level_at_a_time(program: Program) -> None:
    under_attack(program)
    under_attack(program, attacks.REVIEW)
    levels = []
    for minutes in (14, 16, 29, 31):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes)):
            levels.append(attacks.level(program))

    assert levels == [2, 1, 1, 0]


def test_forms_stopped_again_and_again_keep_it_up_and_are_counted(program: Program) -> None:
    under_attack(program)
    Attack.objects.update(last_sign_at=timezone.now() - dt.timedelta(minutes=10))
    for _form in range(11):
        attempt(program, visitor(), sent(seconds=5))

    assert Attack.objects.get().stopped == 11
    assert timezone.now() - Attack.objects.get().last_sign_at < dt.timedelta(minutes=1)


def test_after_quiet_a_new_attack_is_another_one(program: Program) -> None:
    under_attack(program)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        under_attack(program)

        assert Attack.objects.count() == 2
        assert len(attacks.standing()) == 1


def test_what_is_remembered_is_forgotten_after_two_days(program: Program) -> None:
    _verdict, donation = attempt(program)
    decline(donation)

    with time_machine.travel(timezone.now() + dt.timedelta(hours=49)):
        outcomes.tidy()

        assert not Attempt.objects.exists()
        assert not Decline.objects.exists()
        assert not RateCount.objects.exists()
        assert Donation.objects.count() == 1
