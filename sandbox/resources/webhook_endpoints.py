from typing import Any

import stripe
from django.conf import settings

from sandbox import endpoints, errors, lists, store, values
from sandbox.calls import Call
from sandbox.models import StripeObject

_SIMULATED = {"api_version", "description", "disabled", "enabled_events", "expand", "metadata", "url"}
_SECRET_LENGTH = 32


def create(call: Call) -> dict[str, Any]:
    given = call.params
    _check(given)
    data = endpoints.blank(
        store.new_id(endpoints.KIND),
        given["url"],
        given["enabled_events"],
        given.get("description") or None,
        given.get("api_version"),
    )
    data["metadata"] = values.merged_metadata({}, given.get("metadata"))
    row = store.add(data, private={"secret": f"whsec_{store.random_text(_SECRET_LENGTH)}"})
    return {**row.data, "secret": row.private["secret"]}  # shown this once


def update(call: Call) -> dict[str, Any]:
    row, given = _fetch(call.object_id), call.params
    _check(given)
    if "description" in given:
        row.data["description"] = given["description"] or None
    if "disabled" in given:
        row.data["status"] = "disabled" if given["disabled"] else "enabled"
    for name in ("enabled_events", "url"):
        if name in given:
            row.data[name] = given[name]
    row.data["metadata"] = values.merged_metadata(row.data["metadata"], given.get("metadata"))
    store.save(row)
    return _present(row)


def delete(call: Call) -> dict[str, Any]:
    row = _fetch(call.object_id)
    if endpoints.is_own(row):
        raise errors.NotSimulated("a site without its own webhook endpoint; disable it instead")
    row.delete()
    return {"id": row.object_id, "object": endpoints.KIND, "deleted": True}


def retrieve(call: Call) -> dict[str, Any]:
    return _present(_fetch(call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    endpoints.own()
    return lists.page(endpoints.all_rows(), endpoints.KIND, "/v1/webhook_endpoints", call.params, _present)


def _fetch(endpoint_id: str) -> StripeObject:
    endpoints.own()
    return store.fetch(endpoints.KIND, endpoint_id)


def _present(row: StripeObject) -> dict[str, Any]:
    if endpoints.is_own(row):
        return {**row.data, "url": settings.SANDBOX_WEBHOOK_URL}
    return lists.plain(row)


def _check(given: Any) -> None:
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"webhook endpoints with {name}", param=name)
    if given.get("api_version", stripe.api_version) != stripe.api_version:
        raise errors.NotSimulated(f"API version {given['api_version']}", param="api_version")
    if "url" in given:
        values.url(given["url"], "url")
    if "enabled_events" in given and not given["enabled_events"]:
        raise errors.InvalidRequest("You must enable at least one event.", param="enabled_events")
