from typing import Any

from sandbox import errors, lists, store
from sandbox.calls import Call
from sandbox.models import Delivery, StripeObject

_MOST_TYPES = 20


def _present(row: StripeObject) -> dict[str, Any]:
    waiting = Delivery.objects.filter(event=row).undelivered().count()
    return {**row.data, "pending_webhooks": waiting}


def retrieve(call: Call) -> dict[str, Any]:
    return _present(store.fetch("event", call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = StripeObject.objects.of_kind("event")
    wanted, several = call.params.get("type"), call.params.get("types")
    if wanted and several:
        raise errors.exclusive("type", "types", param="types")
    if several is not None:
        if len(several) > _MOST_TYPES:
            raise errors.InvalidRequest(f"You may pass at most {_MOST_TYPES} types.", param="types")
        rows = rows.filter(data__type__in=several)
    elif wanted and wanted.endswith("*"):
        rows = rows.filter(data__type__startswith=wanted[:-1])
    elif wanted:
        rows = rows.filter(data__type=wanted)
    if "delivery_success" in call.params:
        undelivered = Delivery.objects.undelivered().values("event")
        rows = (
            rows.exclude(pk__in=undelivered)
            if call.params["delivery_success"]
            else rows.filter(pk__in=undelivered)
        )
    return lists.page(rows, "event", "/v1/events", call.params, _present)
