"""Stripe's lists: newest first, cut into pages by a cursor."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox import errors, store
from sandbox.models import StripeObject, StripeObjectQuerySet

_DEFAULT_LIMIT = 10
_LARGEST_LIMIT = 100
_COMPARISONS = {"gt", "gte", "lt", "lte"}

Present = Callable[[StripeObject], dict[str, Any]]


def page(
    rows: StripeObjectQuerySet, kind: str, url: str, params: Mapping[str, Any], present: Present
) -> dict[str, Any]:
    """The list object for `rows`, cut by `limit`, `starting_after`, `ending_before` and `created`."""
    limit = _limit(params)
    rows = _created(rows, params.get("created"))
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise _both_cursors()
    if before:
        cursor = store.named(kind, before, "ending_before")
        found = list(rows.filter(pk__gt=cursor.pk).order_by("pk")[: limit + 1])
        shown = found[:limit][::-1]
    else:
        if after:
            rows = rows.filter(pk__lt=store.named(kind, after, "starting_after").pk)
        found = list(rows.newest_first()[: limit + 1])
        shown = found[:limit]
    return listed([present(row) for row in shown], url, has_more=len(found) > limit)


def listed(data: list[dict[str, Any]], url: str, *, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def plain(row: StripeObject) -> dict[str, Any]:
    data: dict[str, Any] = row.data
    return data


def matching(rows: StripeObjectQuerySet, params: Mapping[str, Any], *names: str) -> StripeObjectQuerySet:
    """Only the objects whose own field equals the parameter of the same name, where it is given."""
    wanted = {f"data__{name}": params[name] for name in names if name in params}
    return rows.filter(**wanted)


def refuse(params: Mapping[str, Any], *names: str) -> None:
    """These filters would be ignored here. Raises `errors.NotSimulated`."""
    for name in names:
        if name in params:
            raise errors.NotSimulated(f"lists by {name}", param=name)


def cut(items: list[dict[str, Any]], url: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The list object for the parts that an object holds, in their own order."""
    limit, start, end = _limit(params), 0, len(items)
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise _both_cursors()
    if after:
        start = _place(items, after, "starting_after") + 1
    if before:
        end = _place(items, before, "ending_before")
        start = max(end - limit, 0)
    shown = items[start : min(start + limit, end)]
    return listed(shown, url, has_more=start > 0 if before else start + limit < end)


def _place(items: list[dict[str, Any]], item_id: str, param: str) -> int:
    for place, item in enumerate(items):
        if item["id"] == item_id:
            return place
    raise errors.no_such("item", item_id, param)


def _both_cursors() -> errors.InvalidRequest:
    return errors.InvalidRequest(
        "Received both starting_after and ending_before parameters. Please pass in only one.",
        code="parameters_exclusive",
        param="starting_after",
    )


def _limit(params: Mapping[str, Any]) -> int:
    limit: int = params.get("limit", _DEFAULT_LIMIT)
    if limit < 1:
        raise errors.too_small(1, "limit")
    if limit > _LARGEST_LIMIT:
        raise errors.InvalidRequest(
            "This value must be less than or equal to 100.", code="parameter_invalid_integer", param="limit"
        )
    return limit


def _created(rows: StripeObjectQuerySet, wanted: int | Mapping[str, int] | None) -> StripeObjectQuerySet:
    if wanted is None:
        return rows
    if isinstance(wanted, int):
        return rows.filter(created=wanted)
    return rows.filter(
        **{f"created__{name}": value for name, value in wanted.items() if name in _COMPARISONS}
    )
