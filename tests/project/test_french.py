"""Read in French, nothing of the site or of its admin is left in English: real pages, as they are sent.

Two nets. A text of a page that is an English text of some catalogue (ours, Django's, the admin's theme)
whose French differs was not translated. And no French sentence holds the little words of English.
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real

from donations.donors import (
    email_change,
    erasure,
    sessions,
    sign_in,
)
from donations.models import (
    Donation,
    Issuer,
    RecurringDonation,
    Way,
)
from donations.receipts import (
    issuer,
)
from outreach import broadcasts, rendering
from outreach.models import Kind, Letter, Subscription
from programs.models import Program, ProgressUpdate
from tests.donations import plan_letters, reversal_letters
from tests.giving import form_data

_LITTLE = re.compile(
    r"\b(?:the|of|and|your|with|this|that|these|from|which|what|who|whose|has|have|was|were|been|will|would|by"
    r"|there|when|where|nothing|something|please|yes|none|any|all)\b"
)
_HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Names and words that are the same in both languages, or that are written so on purpose.
_ALIKE = {"Institut Imagine", "English", "Français"}


@cache
def english() -> re.Pattern[str]:
    """All English texts of the catalogues that French says otherwise, as one pattern for whole texts."""
    catalogue = trans_real.translation("fr")._catalog  # type: ignore[attr-defined]
    wanted = []
    french = set()
    for table in catalogue._catalogs:
        for key, text in table.items():
            source = key[0] if isinstance(key, tuple) else key
            french.add(text)
            source = source.rsplit("\x04", 1)[-1]
            if isinstance(text, str) and _plain(source) and text.strip() != source.strip():
                wanted.append(source)
    patterns = {
        "(?:.+?)".join(re.escape(" ".join(part.split())) for part in _HOLE.split(source)).replace(
            r"\ ", r"\s+"
        )
        for source in wanted
        if source not in french
    }
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)))


def _plain(source: str) -> bool:
    """Words enough to be a text: not a format, not a single mark or number."""
    letters = len(re.findall("[A-Za-z]", _HOLE.sub("", source)))
    return letters >= (12 if _HOLE.search(source) else 4) and "<" not in source


class _Words(HTMLParser):
    """What people read of a page, or have read to them, in its own language."""

    _SPOKEN = ("alt", "aria-label", "title", "placeholder", "data-words")
    _VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr", "use", "path", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        silent = bool(self._open and self._open[-1][1])
        if facts.get("lang"):
            silent = facts["lang"] != "fr"
        unread = facts.get("translate") == "no" or facts.get("aria-hidden") == "true"  # or an icon's name
        if unread or tag in {"script", "style", "code", "template", "pre"}:
            silent = True
        if not silent:
            self.texts += [facts[name] or "" for name in self._SPOKEN if name in facts]
            if tag == "input" and facts.get("type") in {"submit", "button"}:
                self.texts.append(facts.get("value") or "")
        if tag not in self._VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        if tag in {name for name, _silent in self._open}:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and not self._open[-1][1]:
            self.texts.append(data)


def left_in_english(html: str) -> set[str]:
    words = _Words()
    words.feed(html)
    texts = {" ".join(text.split()) for text in words.texts} - _ALIKE - {""}
    return {text for text in texts if english().fullmatch(text) or _LITTLE.search(text)}


@pytest.fixture
def french(program: Program, settings: Any) -> Client:
    """A visitor who reads French, and the site as a first run fills it, with letters to its readers."""
    settings.SANDBOX = True
    call_command("load_demo", verbosity=0)
    asked = timezone.now() - dt.timedelta(days=1)
    Subscription.objects.create(
        email="camille@example.org",
        program=program,
        language="fr",
        consent_text="Oui",
        source="form",
        consented_at=asked,
        confirmed_at=asked,
    )
    broadcasts.owe_published()
    plan_letters.owe_all("fr")
    sign_in.ask(email="camille.exemple@example.org", language="fr", network="")
    sign_in.answer_waiting()
    email_change.ask(old="camille.exemple@example.org", new="camille@example.org", language="fr")
    erasure.refuse(
        erasure.ask("lou.patron@example.org", "fr"), by=User.objects.create(username="jo"), reason="Oui"
    )
    reversal_letters.owe_all("fr")
    announce_gifts()
    return Client(headers={"accept-language": "fr"})


def announce_gifts() -> None:
    """One by transfer and one by cheque, so that each has its letter."""
    issuer.current()
    Issuer.objects.update(iban="FR7630006000011234567890189", bic="AGRIFRPP")
    for way in Way.values:
        answer = Client().post("/fr/hematologie/other-ways/", form_data(way=way, sum="120"))
        assert answer.status_code == 303


def public() -> Iterator[str]:
    update: Any = ProgressUpdate.objects.all()[0]
    yield from ("/fr/hematologie/", "/fr/hematologie/updates/", f"/fr/hematologie/updates/{update.slug_fr}/")
    yield from ("/fr/hematologie/give/", "/fr/hematologie/embed/", "/fr/hematologie/card/", "/fr/rien/")
    yield "/fr/hematologie/other-ways/"
    yield from (
        f"/fr/pages/{word}/" for word in ("mentions-legales", "confidentialite", "accessibilite", "contact")
    )
    yield f"/fr/gifts/{Donation.objects.all()[0].public_id}/"
    token = Subscription.objects.get().token
    yield from (f"/fr/unsubscribe/{token}/", "/fr/unsubscribe/rien/", "/fr/hematologie/updates/feed/")


def staff() -> Iterator[str]:
    yield from ("/admin/", "/admin/password_change/")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        for action in ("changelist", "add", "change", "history", "delete"):
            with_row = action in {"change", "history", "delete"}
            if with_row and row is None:
                continue
            yield reverse(f"{name}_{action}", args=[row.pk] if with_row and row else [])


def own() -> Iterator[str]:
    """The donor's space, from outside and from inside."""
    yield from ("/fr/my-gifts/", "/fr/my-gifts/sent/", "/fr/my-gifts/open/rien/")
    yield from (f"/fr/my-gifts/{word}/" for word in ("news", "email", "email/rien", "erasure"))
    yield from (f"/fr/my-gifts/?done={word}" for word in ("address", "news", "email", "erasure"))


def test_visitors_read_french_alone(french: Client) -> None:
    found = {}
    for path in (*public(), *own()):
        answer = french.get(path)
        assert answer.status_code in {200, 302, 404}, path
        found[path] = left_in_english(answer.content.decode())

    french.cookies["my-gifts"] = sessions.begin("camille.exemple@example.org")
    for path in own():
        found[f"{path} inside"] = left_in_english(french.get(path).content.decode())
    plan = RecurringDonation.objects.select_related("donor")[0]
    french.cookies["my-gifts"] = sessions.begin(plan.donor.email)
    for status in ("active", "paused", "past_due"):
        RecurringDonation.objects.filter(pk=plan.pk).update(status=status, stripe_subscription_id="sub")
        for word in ("", "amount/", "cancel/", "?done=ending"):
            path = f"/fr/my-gifts/plans/{plan.public_id}/{word}"
            found[f"{path} {status}"] = left_in_english(french.get(path).content.decode())
    for page in ("give", "other-ways"):
        mistakes = french.post(f"/fr/hematologie/{page}/", {})
        found[f"{page} with mistakes"] = left_in_english(mistakes.content.decode())
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_staff_read_french_alone(french: Client) -> None:
    found = {"/admin/login/": left_in_english(french.get("/admin/login/").content.decode())}
    french.force_login(User.objects.create(username="marie", is_staff=True, is_superuser=True))
    for path in staff():
        answer = french.get(path)
        if answer.status_code == 200:
            found[path] = left_in_english(answer.content.decode())
            if re.fullmatch(r"/admin/auth/group/\d+/\w+/", path):
                found[path].discard(Group.objects.all()[0].name)  # as it is stored, to be renamed here
            if path.endswith("/add/"):
                found[f"{path} with mistakes"] = left_in_english(french.post(path, {}).content.decode())

    assert len(found) > 60
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_letters_are_in_french_alone(french: Client) -> None:
    letters = [rendering.render(letter) for letter in Letter.objects.filter(language="fr")]

    assert {letter.kind for letter in Letter.objects.filter(language="fr")} == set(Kind)
    for words in letters:
        lines = {line for line in words.text.splitlines() if "://" not in line}
        assert left_in_english(words.html) == set()
        assert {line for line in lines | {words.subject} if _LITTLE.search(line)} == set()
