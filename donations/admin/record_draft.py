"""A gift as it was typed, on its way to the page that confirms it and back: signed, and kept nowhere."""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core import signing

from donations.admin.record_form import OfflineForm
from donations.models import Pledge
from donations.offline import Gone, Received
from donations.proofs import Proof
from programs.models import FundingNeed, Program

_SALT = "donations.admin.record_draft"
# What was typed waits this long for its confirmation.
_PATIENCE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Draft:
    """`typed` is what the form shows again, `facts` what it means. With `key`, confirming may be repeated."""

    key: str
    typed: dict[str, str]
    facts: dict[str, Any]
    proof: Proof | None = None
    seen: list[int] = field(default_factory=list)
    line: int | None = None  # the bank's line that it comes from
    known: bool = False  # whether the page that confirms it said that who gives is known already

    @classmethod
    def of(cls, form: OfflineForm) -> "Draft":
        data = form.cleaned_data
        need, pledge = data["designation"], data["pledge"]
        return cls(
            key=secrets.token_hex(16),
            typed={name: form.data.get(name, "") for name in form.fields if name != "proof"},
            facts={
                "program": data["program"].pk,
                "method": data["method"],
                "amount_cents": data["amount_cents"],
                "received_on": data["received_on"].isoformat(),
                "donor": data["donor_answers"],
                "designation_id": need.pk if need else None,
                "public_name": data["public_name"],
                "pledge": pledge.pk if pledge else None,
                "bank_reference": data["bank_reference"],
                "note": data["note"],
            },
            proof=data["proof"],
            line=form.line.pk if form.line else None,
        )

    @classmethod
    def holding(cls, form: OfflineForm) -> "Draft | None":
        """Only the file of a form that is to be filled in again: nothing that could be recorded."""
        return cls(key="", typed={}, facts={}, proof=form.kept) if form.kept else None

    @classmethod
    def read(cls, text: str) -> "Draft | None":
        """What `write` wrote, within a day and unchanged; otherwise None."""
        if not text:
            return None
        try:
            kept = signing.loads(text, salt=_SALT, max_age=_PATIENCE)
        except signing.BadSignature:
            return None
        proof = kept.pop("proof")
        return cls(**kept, proof=Proof(**proof) if proof else None)

    def write(self) -> str:
        return signing.dumps(asdict(self), salt=_SALT)

    def received(self) -> Received:
        """What is to be recorded. Raises `offline.Gone` where something it names was removed meanwhile."""
        facts = dict(self.facts)
        need = facts["designation_id"]
        program = Program.objects.filter(pk=facts["program"]).first()
        pledge = Pledge.objects.select_related("donor").filter(pk=facts["pledge"] or 0).first()
        if (
            program is None
            or (facts["pledge"] and pledge is None)
            or (need and not FundingNeed.objects.filter(pk=need).exists())
        ):
            raise Gone
        return Received(
            **{
                **facts,
                "program": program,
                "received_on": dt.date.fromisoformat(facts["received_on"]),
                "pledge": pledge,
                "proof": self.proof,
            }
        )
