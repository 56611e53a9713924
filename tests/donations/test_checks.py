from typing import Any

import pytest

from donations.checks import stripe_keys


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({}, []),
        ({"STRIPE_SECRET_KEY": ""}, ["donations.E001"]),
        ({"STRIPE_SECRET_KEY": "pk_test_1"}, ["donations.E002"]),
        ({"STRIPE_WEBHOOK_SECRET": ""}, ["donations.E003"]),
        ({"STRIPE_WEBHOOK_SECRET": "sk_test_1"}, ["donations.E004"]),
        ({"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_API_BASE": "", "DEBUG": True}, ["donations.E005"]),
        ({"STRIPE_SECRET_KEY": "rk_live_1", "DEBUG": False}, ["donations.E006"]),
        ({"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_API_BASE": "", "DEBUG": False}, []),
        ({"STRIPE_SECRET_KEY": "sk_test_1", "DEBUG": False}, ["donations.W007"]),
    ],
)
def test_keys_that_cannot_work_together_are_named(
    settings: Any, values: dict[str, Any], ids: list[str]
) -> None:
    settings.DEBUG = True
    for name, value in values.items():
        setattr(settings, name, value)

    assert [message.id for message in stripe_keys(None)] == ids
