"""Letters over a real mail server: sent once, whatever breaks."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from outreach import claims
from outreach.delivery import BATCH, deliver
from outreach.models import Letter, Reason, State, Suppression
from tests.outreach import smtp_server
from tests.outreach.smtp_server import MailServer
from tests.outreach.test_rendering import HOSTILE_NAMES

pytestmark = pytest.mark.django_db

Thank = Callable[..., Letter]


def test_a_letter_arrives_with_both_texts_and_its_document(mail_server: MailServer, thank: Thank) -> None:
    letter = thank()

    sent = deliver()

    assert sent == 1
    (message,) = mail_server.letters
    assert message["To"] == "camille@example.org"
    assert message["Subject"] == "Thank you for your gift"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    assert "List-Unsubscribe" not in message
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Dear Camille Martin," in plain.get_content()
    assert "€50" in html.get_content()
    (document,) = message.iter_attachments()
    assert document.get_filename() == "confirmation-12.pdf"
    assert document.get_content() == b"%PDF-1.7 12"
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.claimed_at, letter.error) == (State.SENT, 1, None, "")
    assert letter.sent_at is not None
    assert letter.message_id == message["Message-ID"]
    assert letter.text.startswith("Dear Camille Martin,")
    assert letter.html.startswith("<!DOCTYPE html>")


def test_what_is_sent_is_not_sent_again(mail_server: MailServer, thank: Thank) -> None:
    thank()
    deliver()

    assert deliver() == 0
    assert len(mail_server.letters) == 1


def test_every_hostile_name_gets_its_letter(mail_server: MailServer, thank: Thank) -> None:
    for number, name in enumerate(HOSTILE_NAMES.values()):
        thank(number, donor_name=name, to=f"donor{number}@example.org", program_title=name, designation=name)

    deliver()

    assert mail_server.recipients == [f"donor{number}@example.org" for number in range(len(HOSTILE_NAMES))]
    for message in mail_server.letters:
        assert message["Bcc"] is None
        assert message["Subject"] == "Thank you for your gift"


def test_a_batch_uses_one_connection_and_a_fixed_number_of_queries(
    mail_server: MailServer, thank: Thank, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(BATCH):
        thank(number)

    # Expired leases, what is due (twice), the claim (begin, find, take, commit, read), suppressions;
    # then one for each letter, to write down that it is sent.
    with django_assert_max_num_queries(9 + BATCH):
        deliver()

    assert len(mail_server.letters) == BATCH
    assert mail_server.connections == 1


def test_thanks_go_before_what_is_sent_to_many(mail_server: MailServer, thank: Thank) -> None:
    thank(1, to="many@example.org")
    Letter.objects.update(priority=50)
    thank(2, to="personal@example.org")

    deliver()

    assert mail_server.recipients == ["personal@example.org", "many@example.org"]


def test_mail_down_costs_no_attempt_and_the_letter_says_why(settings: Settings, thank: Thank) -> None:
    with smtp_server.running() as server:
        port = server.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    letter = thank()
    for _ in range(30):
        deliver()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (State.QUEUED, 0)
    assert "ConnectionRefusedError" in letter.error

    with smtp_server.running(port) as server:
        deliver()
        deliver()

        assert len(server.letters) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.error) == (State.SENT, "")


def test_a_refused_address_is_tried_later_and_holds_nobody_up(mail_server: MailServer, thank: Thank) -> None:
    mail_server.refuse_recipients = {"gone@example.org"}
    refused, fine = thank(1, to="gone@example.org"), thank(2, to="here@example.org")

    deliver()

    refused.refresh_from_db()
    fine.refresh_from_db()
    assert fine.state == State.SENT
    assert (refused.state, refused.attempts) == (State.QUEUED, 1)
    assert "no such person" in refused.error
    assert refused.not_before > timezone.now() + dt.timedelta(seconds=80)


def test_a_document_that_cannot_be_made_delays_its_own_letter_only(
    mail_server: MailServer, thank: Thank
) -> None:
    without, complete = thank(1, reference="missing", to="a@example.org"), thank(2, to="b@example.org")

    deliver()

    without.refresh_from_db()
    complete.refresh_from_db()
    assert mail_server.recipients == ["b@example.org"]
    assert complete.state == State.SENT
    assert (without.state, without.attempts) == (State.QUEUED, 1)
    assert "no such receipt" in without.error


def test_a_missing_fact_delays_its_own_letter_only(mail_server: MailServer, thank: Thank) -> None:
    broken, fine = thank(1, paid_on="yesterday"), thank(2)

    deliver()

    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, fine.state) == (State.QUEUED, State.SENT)
    assert "yesterday" in broken.error


def test_an_address_with_a_line_break_adds_no_header_and_no_recipient(
    mail_server: MailServer, thank: Thank
) -> None:
    letter = thank(to="a@example.org\nBcc: b@example.org")

    deliver()

    letter.refresh_from_db()
    assert mail_server.accepted == []
    assert letter.state == State.QUEUED
    assert letter.error


def test_a_letter_that_never_goes_is_given_up_after_more_than_two_days(
    mail_server: MailServer, thank: Thank
) -> None:
    mail_server.refuse_recipients = {"camille@example.org"}
    letter, begun = thank(), timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        attempts = 0
        while letter.state == State.QUEUED:
            clock.move_to(max(letter.not_before, timezone.now()))
            deliver()
            letter.refresh_from_db()
            attempts += 1
        ended = timezone.now()

    assert letter.state == State.FAILED
    assert attempts == letter.attempts == claims.ATTEMPTS == 12
    assert dt.timedelta(days=2) < ended - begun < dt.timedelta(days=3)


def test_failed_letters_are_sent_again_when_staff_say_so_and_others_are_not(
    mail_server: MailServer, thank: Thank
) -> None:
    failed, sent = thank(1, to="failed@example.org"), thank(2, to="sent@example.org")
    Letter.objects.filter(pk=failed.pk).update(state=State.FAILED, attempts=12)
    deliver()

    moved = claims.send_again([failed.pk, sent.pk])
    deliver()

    assert moved == 1
    assert mail_server.recipients == ["sent@example.org", "failed@example.org"]


def test_a_line_dropped_before_the_answer_sends_a_copy_that_can_be_recognised(
    mail_server: MailServer, thank: Thank
) -> None:
    mail_server.hang_up_after_data = True
    letter = thank()
    deliver()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (State.QUEUED, 1)

    mail_server.hang_up_after_data = False
    Letter.objects.update(not_before=timezone.now())
    deliver()

    first, second = mail_server.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_mail_that_breaks_in_the_middle_costs_the_others_no_attempt(
    mail_server: MailServer, thank: Thank
) -> None:
    for number in range(5):
        thank(number)
    mail_server.collapse_after_data = True

    deliver()

    assert Letter.objects.filter(state=State.QUEUED, attempts=1).count() == 1
    assert Letter.objects.filter(state=State.QUEUED, attempts=0).count() == 4


def test_a_claimed_letter_is_left_alone_until_its_lease_has_run_out(
    mail_server: MailServer, thank: Thank, settings: Settings
) -> None:
    letter = thank()
    claims.claim(1)

    assert deliver() == 0

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=settings.OUTREACH_LEASE_SECONDS + 1)):
        assert deliver() == 1
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (State.SENT, 2)
    assert len(mail_server.letters) == 1


def test_a_worker_whose_lease_has_run_out_cannot_write_over_the_next(thank: Thank) -> None:
    thank()
    (mine,) = claims.claim(1)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        claims.recover()
        (theirs,) = claims.claim(1)

        assert not claims.sent(mine, message_id="", subject="", text="", html="")
        claims.postpone(mine, "too late")
        assert claims.sent(theirs, message_id="", subject="", text="", html="")


def test_a_slow_batch_gives_back_what_its_lease_no_longer_covers(
    mail_server: MailServer, thank: Thank, settings: Settings
) -> None:
    settings.OUTREACH_LEASE_SECONDS = 0
    thank()

    assert deliver(seconds=0) == 0
    assert Letter.objects.get().state == State.QUEUED
    assert mail_server.accepted == []


def test_an_address_that_does_not_exist_stops_even_thanks_and_a_complaint_does_not(
    mail_server: MailServer, thank: Thank
) -> None:
    Suppression.objects.create(email="Gone@Example.org", reason=Reason.HARD_BOUNCE)
    Suppression.objects.create(email="cross@example.org", reason=Reason.COMPLAINT)
    gone, cross = thank(1, to="gone@example.org"), thank(2, to="Cross@example.org")

    deliver()

    gone.refresh_from_db()
    cross.refresh_from_db()
    assert (gone.state, cross.state) == (State.SUPPRESSED, State.SENT)
    assert mail_server.recipients == ["Cross@example.org"]


def test_mail_to_files_is_written_whole(settings: Settings, thank: Thank, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    thank(1)
    thank(2)

    deliver()

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(re.findall(rb"^Subject: Thank you for your gift$", written, re.MULTILINE)) == 2


def test_a_mail_folder_that_cannot_be_used_is_an_outage_like_any_other(
    settings: Settings, thank: Thank, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "file")
    letter = thank()

    deliver()

    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (State.QUEUED, 0)
    assert "ImproperlyConfigured" in letter.error


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_letter_once(mail_server: MailServer, thank: Thank) -> None:
    for number in range(60):
        thank(number, to=f"donor{number}@example.org")
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            deliver()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(mail_server.recipients) == sorted(f"donor{number}@example.org" for number in range(60))
    assert Letter.objects.filter(state=State.SENT).count() == 60


def test_nothing_due_opens_no_connection(mail_server: MailServer) -> None:
    sent = deliver()

    assert sent == 0
    assert mail_server.connections == 0
