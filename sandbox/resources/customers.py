import copy
from typing import Any

from sandbox import changes, errors, events, lists, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "customer"
_DELETED = "customer.deleted"
_SIMULATED = {
    "address", "description", "email", "expand", "invoice_settings", "metadata", "name", "phone",
    "preferred_locales", "test_clock",
}  # fmt: skip
_LONGEST_NAME = 256


def create(call: Call) -> dict[str, Any]:
    if "test_clock" in call.params:
        store.named("test_helpers.test_clock", call.params["test_clock"], "test_clock")
    return make(call, dict(call.params))


def make(call: Call | None, given: dict[str, Any]) -> dict[str, Any]:
    data = _blank()
    _apply(data, given)
    store.add(data)
    events.emit("customer.created", data, call)
    return data


def update(call: Call) -> dict[str, Any]:
    row = store.fetch(KIND, call.object_id)
    before = copy.deepcopy(row.data)
    _apply(row.data, dict(call.params))
    changes.save(row, before, "customer.updated", call)
    return lists.plain(row)


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.find(_DELETED, call.object_id) or store.fetch(KIND, call.object_id))


def bury(row: StripeObject) -> dict[str, Any]:
    """Forget all of a customer but the id, which from now on says that it was deleted."""
    row.data = {"id": row.object_id, "object": KIND, "deleted": True}
    store.save(row)
    StripeObject.objects.filter(pk=row.pk).update(kind=_DELETED)
    return lists.plain(row)


def list_all(call: Call) -> dict[str, Any]:
    """Without a test clock's own, unless `test_clock` asks for them."""
    rows = lists.matching(StripeObject.objects.of_kind(KIND), call.params, "email")
    rows = rows.filter(data__test_clock=call.params.get("test_clock"))
    return lists.page(rows, KIND, "/v1/customers", call.params, lists.plain)


def _apply(data: dict[str, Any], given: dict[str, Any]) -> None:
    for name in given:
        if name not in _SIMULATED:
            raise errors.NotSimulated(f"customers with {name}", param=name)
    if "email" in given:
        data["email"] = values.email(given["email"], "email")
    if len(given.get("name", "")) > _LONGEST_NAME:
        raise errors.InvalidRequest(
            f"Invalid string: name must be at most {_LONGEST_NAME} characters", param="name"
        )
    for name in ("name", "description", "phone", "preferred_locales"):
        if name in given:
            data[name] = given[name]
    if "test_clock" in given:
        data["test_clock"] = given["test_clock"]
    for name, value in given.get("invoice_settings", {}).items():
        data["invoice_settings"][name] = _invoice_setting(data["id"], name, value)
    if "address" in given:
        data["address"] = values.address(given["address"])
    data["metadata"] = values.merged_metadata(data["metadata"], given.get("metadata"))


def _invoice_setting(customer_id: str, name: str, value: Any) -> str | None:
    if name != "default_payment_method":
        raise errors.NotSimulated(f"invoices with {name}", param=f"invoice_settings[{name}]")
    method = store.find("payment_method", value) if value else None
    if value and (method is None or method.data["customer"] != customer_id):
        raise errors.InvalidRequest(
            f"The customer does not have a payment method with the ID {value}. The payment method must be "
            "attached to the customer.",
            code="resource_missing",
            param=f"invoice_settings[{name}]",
        )
    return value or None


def _blank() -> dict[str, Any]:
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "address": None,
        "balance": 0,
        "created": store.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": store.random_text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
