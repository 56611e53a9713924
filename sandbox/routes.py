"""The addresses the sandbox answers at, each with the SDK's typed parameters and what does the work."""

from stripe import params
from stripe.params import checkout, radar

from sandbox import dispute_requests, errors, intent_requests, refund_requests
from sandbox.billing.routes import INCLUDABLE as BILLING_LISTS
from sandbox.billing.routes import ROUTES as BILLING_ROUTES
from sandbox.expansion import Included
from sandbox.resources import (
    balance_transactions,
    charges,
    checkout_sessions,
    customers,
    disputes,
    early_fraud_warnings,
    events,
    mandates,
    payment_intents,
    payment_methods,
    refunds,
    webhook_endpoints,
)
from sandbox.routing import Route
from sandbox.routing import route as _route

_ENDPOINTS = "webhook_endpoints"
_INTENTS = "payment_intents"
_SESSIONS = "checkout/sessions"
_WARNINGS = "radar/early_fraud_warnings"
ROUTES = [
    _route("POST", _SESSIONS, checkout.SessionCreateParams, checkout_sessions.create),
    _route("GET", _SESSIONS, checkout.SessionListParams, checkout_sessions.list_all),
    _route("GET", _SESSIONS + "/{id}", checkout.SessionRetrieveParams, checkout_sessions.retrieve),
    _route("POST", _SESSIONS + "/{id}/expire", checkout.SessionExpireParams, checkout_sessions.expire),
    _route(
        "GET",
        _SESSIONS + "/{id}/line_items",
        checkout.SessionLineItemListParams,
        checkout_sessions.list_line_items,
    ),
    _route("GET", _INTENTS, params.PaymentIntentListParams, payment_intents.list_all),
    _route("GET", _INTENTS + "/{id}", params.PaymentIntentRetrieveParams, payment_intents.retrieve),
    _route("POST", _INTENTS + "/{id}/capture", params.PaymentIntentCaptureParams, intent_requests.capture),
    _route("POST", _INTENTS + "/{id}/cancel", params.PaymentIntentCancelParams, intent_requests.cancel),
    _route("GET", "payment_methods/{id}", params.PaymentMethodRetrieveParams, payment_methods.retrieve),
    _route("GET", "charges", params.ChargeListParams, charges.list_all),
    _route("GET", "charges/{id}", params.ChargeRetrieveParams, charges.retrieve),
    _route("GET", "balance_transactions", params.BalanceTransactionListParams, balance_transactions.list_all),
    _route(
        "GET",
        "balance_transactions/{id}",
        params.BalanceTransactionRetrieveParams,
        balance_transactions.retrieve,
    ),
    _route("POST", "customers", params.CustomerCreateParams, customers.create),
    _route("GET", "customers", params.CustomerListParams, customers.list_all),
    _route("GET", "customers/{id}", params.CustomerRetrieveParams, customers.retrieve),
    _route("POST", "customers/{id}", params.CustomerUpdateParams, customers.update),
    _route("GET", "events", params.EventListParams, events.list_all),
    _route("GET", "events/{id}", params.EventRetrieveParams, events.retrieve),
    _route("GET", "mandates/{id}", params.MandateRetrieveParams, mandates.retrieve),
    _route("POST", "refunds", params.RefundCreateParams, refund_requests.create),
    _route("GET", "refunds", params.RefundListParams, refunds.list_all),
    _route("GET", "refunds/{id}", params.RefundRetrieveParams, refunds.retrieve),
    _route("POST", "refunds/{id}", params.RefundUpdateParams, refund_requests.update),
    _route("GET", "disputes", params.DisputeListParams, disputes.list_all),
    _route("GET", "disputes/{id}", params.DisputeRetrieveParams, disputes.retrieve),
    _route("POST", "disputes/{id}", params.DisputeUpdateParams, dispute_requests.update),
    _route("POST", "disputes/{id}/close", params.DisputeCloseParams, dispute_requests.close),
    _route("GET", _WARNINGS, radar.EarlyFraudWarningListParams, early_fraud_warnings.list_all),
    _route("GET", _WARNINGS + "/{id}", radar.EarlyFraudWarningRetrieveParams, early_fraud_warnings.retrieve),
    _route("POST", _ENDPOINTS, params.WebhookEndpointCreateParams, webhook_endpoints.create),
    _route("GET", _ENDPOINTS, params.WebhookEndpointListParams, webhook_endpoints.list_all),
    _route("GET", _ENDPOINTS + "/{id}", params.WebhookEndpointRetrieveParams, webhook_endpoints.retrieve),
    _route("POST", _ENDPOINTS + "/{id}", params.WebhookEndpointUpdateParams, webhook_endpoints.update),
    _route("DELETE", _ENDPOINTS + "/{id}", params.WebhookEndpointDeleteParams, webhook_endpoints.delete),
    *BILLING_ROUTES,
]

# Lists that an object holds only when `expand` asks for them.
INCLUDABLE: dict[tuple[str, str], Included] = {
    ("checkout.session", "line_items"): checkout_sessions.first_line_items,
    ("charge", "refunds"): refunds.of_charge,
    **BILLING_LISTS,
}


def find(method: str, address: str) -> tuple[Route, str]:
    """The route and the id in the address. Raises `errors.NotFound`."""
    address = address.rstrip("/")
    for route in ROUTES:
        if route.method == method and (match := route.pattern.fullmatch(address)):
            return route, match[1] if match.groups() else ""
    raise errors.NotFound(
        f"Unrecognized request URL ({method}: /v1/{address[:200]}). Please see https://docs.stripe.com/api. "
        "The sandbox answers for payments and billing only."
    )
