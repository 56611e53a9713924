from typing import Any

from sandbox import store

KIND = "billing_portal.session"


def blank(
    *,
    configuration: str,
    customer: str,
    flow: dict[str, Any] | None,
    locale: str | None,
    return_url: str | None,
) -> dict[str, Any]:
    """The caller gives it its address."""
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "configuration": configuration,
        "created": store.now(),
        "customer": customer,
        "customer_account": None,
        "flow": flow,
        "livemode": False,
        "locale": locale,
        "on_behalf_of": None,
        "return_url": return_url,
        "url": "",
    }
