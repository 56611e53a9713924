from typing import Any

from sandbox import changes, errors, events, lists, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "product"
_SIMULATED = {"active", "description", "expand", "id", "images", "metadata", "name", "unit_label", "url"}
_LONGEST_NAME = 250


def create(call: Call) -> dict[str, Any]:
    given = dict(call.params)
    if "id" in given and store.find(KIND, given["id"]):
        raise errors.InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
    return make(given, call)


def make(given: dict[str, Any], call: Call | None) -> dict[str, Any]:
    data = _blank(given.get("id") or store.new_id(KIND))
    _apply(data, given)
    store.add(data)
    events.emit("product.created", data, call)
    return data


def update(call: Call) -> dict[str, Any]:
    row = store.fetch(KIND, call.object_id)
    before = dict(row.data)
    _apply(row.data, dict(call.params))
    changes.save(row, before, "product.updated", call)
    return lists.plain(row)


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    lists.refuse(call.params, "type")
    rows = lists.matching(StripeObject.objects.of_kind(KIND), call.params, "active", "shippable", "url")
    if "ids" in call.params:
        rows = rows.filter(object_id__in=call.params["ids"])
    return lists.page(rows, KIND, "/v1/products", call.params, lists.plain)


def _apply(data: dict[str, Any], given: dict[str, Any]) -> None:
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"products with {name}", param=name)
    if len(given.get("name", "")) > _LONGEST_NAME:
        raise errors.InvalidRequest(
            f"Invalid string: name must be at most {_LONGEST_NAME} characters", param="name"
        )
    for name in ("active", "description", "images", "name", "unit_label", "url"):
        if name in given:
            data[name] = given[name] or None if given[name] == "" else given[name]
    data["metadata"] = values.merged_metadata(data["metadata"], given.get("metadata"))


def _blank(product_id: str) -> dict[str, Any]:
    return {
        "id": product_id,
        "object": KIND,
        "active": True,
        "created": store.now(),
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": "",
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": store.now(),
        "url": None,
    }
