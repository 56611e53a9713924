"""From how much on the protection against card testing acts: whole numbers, each from the environment.

The defaults let a family or an office behind one address give without noticing anything. What each of
them says stands in docs/operations.md.
"""

from campaign.environment import whole_number


def read() -> dict[str, int]:
    """By the names that `donations.guard` knows them by."""
    return {
        "ADDRESS_PER_HOUR": whole_number("GUARD_ADDRESS_PER_HOUR", default=5, least=1),
        "NETWORK_PER_HOUR": whole_number("GUARD_NETWORK_PER_HOUR", default=25, least=1),
        "EMAIL_PER_HOUR": whole_number("GUARD_EMAIL_PER_HOUR", default=10, least=1),
        "PROGRAM_PER_MINUTE": whole_number("GUARD_PROGRAM_PER_MINUTE", default=100, least=1),
        "FLOOD_FACTOR": whole_number("GUARD_FLOOD_FACTOR", default=4, least=2),
        "DECLINES_PER_MINUTE": whole_number("GUARD_DECLINES_PER_MINUTE", default=10, least=1),
        "DECLINE_PERCENT": whole_number("GUARD_DECLINE_PERCENT", default=30, least=1),
        "DECLINES_PER_HOUR": whole_number("GUARD_DECLINES_PER_HOUR", default=8, least=2),
        "VELOCITY": whole_number("GUARD_VELOCITY", default=12, least=2),
        "QUIET_MINUTES": whole_number("GUARD_QUIET_MINUTES", default=15, least=1),
        "FORM_SECONDS": whole_number("GUARD_FORM_SECONDS", default=2, least=0),
        "FORM_HOURS": whole_number("GUARD_FORM_HOURS", default=24, least=1),
        "PATIENCE_SECONDS": whole_number("GUARD_PATIENCE_SECONDS", default=15, least=1),
        "PATIENT_PER_HOUR": whole_number("GUARD_PATIENT_PER_HOUR", default=20, least=1),
        "PROOF_STEPS": whole_number("GUARD_PROOF_STEPS", default=150, least=1),
    }
