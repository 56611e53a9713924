from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "test_helpers.test_clock"
_DELETED_AFTER = 30 * 24 * 60 * 60


def blank(name: str | None, frozen_time: int) -> dict[str, Any]:
    created = store.now()
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "created": created,
        "deletes_after": created + _DELETED_AFTER,
        "frozen_time": frozen_time,
        "livemode": False,
        "name": name,
        "status": "ready",
        "status_details": {},
    }


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = StripeObject.objects.of_kind(KIND)
    return lists.page(rows, KIND, "/v1/test_helpers/test_clocks", call.params, lists.plain)
