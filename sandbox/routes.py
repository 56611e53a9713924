"""The addresses the sandbox answers at, each with the SDK's typed parameters and what does the work."""

from stripe import params
from stripe.params import billing_portal, checkout, radar, test_helpers

from sandbox import dispute_requests, errors, intent_requests, refund_requests
from sandbox.billing import changing, ending, leaving, methods, moving, pausing, paying, portal
from sandbox.expansion import Kinds
from sandbox.resources import (
    balance_transactions,
    charges,
    checkout_sessions,
    customers,
    disputes,
    early_fraud_warnings,
    events,
    invoice_payments,
    invoices,
    mandates,
    payment_intents,
    payment_methods,
    portal_configurations,
    prices,
    products,
    refunds,
    setup_intents,
    subscriptions,
    test_clocks,
    webhook_endpoints,
)
from sandbox.routing import Route, route

_CLOCKS = "test_helpers/test_clocks"
_ENDPOINTS = "webhook_endpoints"
_INTENTS = "payment_intents"
_PORTALS = "billing_portal/configurations"
_SESSIONS = "checkout/sessions"
_WARNINGS = "radar/early_fraud_warnings"
ROUTES = [
    route("POST", _SESSIONS, checkout.SessionCreateParams, checkout_sessions.create),
    route("GET", _SESSIONS, checkout.SessionListParams, checkout_sessions.list_all),
    route("GET", _SESSIONS + "/{id}", checkout.SessionRetrieveParams, checkout_sessions.retrieve),
    route("POST", _SESSIONS + "/{id}/expire", checkout.SessionExpireParams, checkout_sessions.expire),
    route(
        "GET",
        _SESSIONS + "/{id}/line_items",
        checkout.SessionLineItemListParams,
        checkout_sessions.list_line_items,
    ),
    route("GET", _INTENTS, params.PaymentIntentListParams, payment_intents.list_all),
    route("GET", _INTENTS + "/{id}", params.PaymentIntentRetrieveParams, payment_intents.retrieve),
    route("POST", _INTENTS + "/{id}/capture", params.PaymentIntentCaptureParams, intent_requests.capture),
    route("POST", _INTENTS + "/{id}/cancel", params.PaymentIntentCancelParams, intent_requests.cancel),
    route("GET", "payment_methods/{id}", params.PaymentMethodRetrieveParams, payment_methods.retrieve),
    route("GET", "charges", params.ChargeListParams, charges.list_all),
    route("GET", "charges/{id}", params.ChargeRetrieveParams, charges.retrieve),
    route("GET", "balance_transactions", params.BalanceTransactionListParams, balance_transactions.list_all),
    route(
        "GET",
        "balance_transactions/{id}",
        params.BalanceTransactionRetrieveParams,
        balance_transactions.retrieve,
    ),
    route("POST", "customers", params.CustomerCreateParams, customers.create),
    route("GET", "customers", params.CustomerListParams, customers.list_all),
    route("GET", "customers/{id}", params.CustomerRetrieveParams, customers.retrieve),
    route("POST", "customers/{id}", params.CustomerUpdateParams, customers.update),
    route("GET", "events", params.EventListParams, events.list_all),
    route("GET", "events/{id}", params.EventRetrieveParams, events.retrieve),
    route("GET", "mandates/{id}", params.MandateRetrieveParams, mandates.retrieve),
    route("POST", "refunds", params.RefundCreateParams, refund_requests.create),
    route("GET", "refunds", params.RefundListParams, refunds.list_all),
    route("GET", "refunds/{id}", params.RefundRetrieveParams, refunds.retrieve),
    route("POST", "refunds/{id}", params.RefundUpdateParams, refund_requests.update),
    route("GET", "disputes", params.DisputeListParams, disputes.list_all),
    route("GET", "disputes/{id}", params.DisputeRetrieveParams, disputes.retrieve),
    route("POST", "disputes/{id}", params.DisputeUpdateParams, dispute_requests.update),
    route("POST", "disputes/{id}/close", params.DisputeCloseParams, dispute_requests.close),
    route("GET", _WARNINGS, radar.EarlyFraudWarningListParams, early_fraud_warnings.list_all),
    route("GET", _WARNINGS + "/{id}", radar.EarlyFraudWarningRetrieveParams, early_fraud_warnings.retrieve),
    route("POST", _ENDPOINTS, params.WebhookEndpointCreateParams, webhook_endpoints.create),
    route("GET", _ENDPOINTS, params.WebhookEndpointListParams, webhook_endpoints.list_all),
    route("GET", _ENDPOINTS + "/{id}", params.WebhookEndpointRetrieveParams, webhook_endpoints.retrieve),
    route("POST", _ENDPOINTS + "/{id}", params.WebhookEndpointUpdateParams, webhook_endpoints.update),
    route("DELETE", _ENDPOINTS + "/{id}", params.WebhookEndpointDeleteParams, webhook_endpoints.delete),
    route("POST", "products", params.ProductCreateParams, products.create),
    route("GET", "products", params.ProductListParams, products.list_all),
    route("GET", "products/{id}", params.ProductRetrieveParams, products.retrieve),
    route("POST", "products/{id}", params.ProductUpdateParams, products.update),
    route("POST", "prices", params.PriceCreateParams, prices.create),
    route("GET", "prices", params.PriceListParams, prices.list_all),
    route("GET", "prices/{id}", params.PriceRetrieveParams, prices.retrieve),
    route("POST", "prices/{id}", params.PriceUpdateParams, prices.update),
    route("GET", "subscriptions", params.SubscriptionListParams, subscriptions.list_all),
    route("GET", "subscriptions/{id}", params.SubscriptionRetrieveParams, subscriptions.retrieve),
    route("POST", "subscriptions/{id}", params.SubscriptionUpdateParams, changing.update),
    route("POST", "subscriptions/{id}/pause", params.SubscriptionPauseParams, pausing.pause),
    route("POST", "subscriptions/{id}/resume", params.SubscriptionResumeParams, pausing.resume),
    route("DELETE", "subscriptions/{id}", params.SubscriptionCancelParams, ending.cancel),
    route("GET", "invoices", params.InvoiceListParams, invoices.list_all),
    route("GET", "invoices/{id}", params.InvoiceRetrieveParams, invoices.retrieve),
    route("POST", "invoices/{id}/pay", params.InvoicePayParams, paying.pay),
    route("POST", "invoices/{id}/finalize", params.InvoiceFinalizeInvoiceParams, paying.finalize),
    route("POST", "invoices/{id}/void", params.InvoiceVoidInvoiceParams, paying.void),
    route(
        "POST",
        "invoices/{id}/mark_uncollectible",
        params.InvoiceMarkUncollectibleParams,
        paying.mark_uncollectible,
    ),
    route("GET", "invoices/{id}/lines", params.InvoiceLineItemListParams, invoices.list_lines),
    route("GET", "invoice_payments", params.InvoicePaymentListParams, invoice_payments.list_all),
    route("GET", "invoice_payments/{id}", params.InvoicePaymentRetrieveParams, invoice_payments.retrieve),
    route("DELETE", "customers/{id}", params.CustomerDeleteParams, leaving.delete),
    route("GET", "customers/{id}/payment_methods", params.CustomerPaymentMethodListParams, methods.list_all),
    route("GET", "payment_methods", params.PaymentMethodListParams, methods.list_all),
    route("POST", "payment_methods", params.PaymentMethodCreateParams, methods.create),
    route("POST", "payment_methods/{id}", params.PaymentMethodUpdateParams, methods.update),
    route("POST", "payment_methods/{id}/attach", params.PaymentMethodAttachParams, methods.attach),
    route("POST", "payment_methods/{id}/detach", params.PaymentMethodDetachParams, methods.detach),
    route("GET", "setup_intents", params.SetupIntentListParams, setup_intents.list_all),
    route("GET", "setup_intents/{id}", params.SetupIntentRetrieveParams, setup_intents.retrieve),
    route("POST", "billing_portal/sessions", billing_portal.SessionCreateParams, portal.create),
    route("POST", _PORTALS, billing_portal.ConfigurationCreateParams, portal_configurations.create),
    route("GET", _PORTALS, billing_portal.ConfigurationListParams, portal_configurations.list_all),
    route(
        "GET", _PORTALS + "/{id}", billing_portal.ConfigurationRetrieveParams, portal_configurations.retrieve
    ),
    route("POST", _PORTALS + "/{id}", billing_portal.ConfigurationUpdateParams, portal_configurations.update),
    route("POST", _CLOCKS, test_helpers.TestClockCreateParams, moving.create),
    route("GET", _CLOCKS, test_helpers.TestClockListParams, test_clocks.list_all),
    route("GET", _CLOCKS + "/{id}", test_helpers.TestClockRetrieveParams, test_clocks.retrieve),
    route("POST", _CLOCKS + "/{id}/advance", test_helpers.TestClockAdvanceParams, moving.advance),
    route("DELETE", _CLOCKS + "/{id}", test_helpers.TestClockDeleteParams, moving.delete),
]

KINDS = Kinds(
    includable={
        ("checkout.session", "line_items"): checkout_sessions.first_line_items,
        ("charge", "refunds"): refunds.of_charge,
        ("invoice", "payments"): invoice_payments.of_invoice,
    },
    shown={balance_transactions.KIND: balance_transactions.present, disputes.KIND: disputes.present},
)


def find(method: str, address: str) -> tuple[Route, str]:
    """The route and the id in the address. Raises `errors.NotFound`."""
    address = address.rstrip("/")
    for each in ROUTES:
        if each.method == method and (match := each.pattern.fullmatch(address)):
            return each, match[1] if match.groups() else ""
    raise errors.NotFound(
        f"Unrecognized request URL ({method}: /v1/{address[:200]}). Please see https://docs.stripe.com/api. "
        "The sandbox answers for payments and billing only."
    )
