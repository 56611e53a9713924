"""One valid form, typed: what the rest of the project is given."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Answers:
    """One valid form, typed. Amounts in cents."""

    amount_cents: int
    frequency: str
    designation_id: int | None
    donor_kind: str
    first_name: str
    last_name: str
    company_name: str
    siren: str
    email: str
    address: str
    postal_code: str
    city: str
    country: str
    display: str
    public_name: str
    updates_consent: str
    language: str

    def as_text(self) -> str:
        """The same text for the same answers: what tells a repeated form from a changed one."""
        return repr(sorted(asdict(self).items()))
