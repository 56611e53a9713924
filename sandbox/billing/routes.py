"""Billing's addresses, and the lists that its objects hold only when asked."""

from stripe import params
from stripe.params import billing_portal, test_helpers

from sandbox.billing import changing, ending, leaving, methods, moving, pausing, paying, portal
from sandbox.expansion import Included
from sandbox.resources import (
    invoice_payments,
    invoices,
    portal_configurations,
    prices,
    products,
    setup_intents,
    subscriptions,
    test_clocks,
)
from sandbox.routing import Route, route

_PORTALS = "billing_portal/configurations"
_CLOCKS = "test_helpers/test_clocks"
ROUTES: list[Route] = [
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

INCLUDABLE: dict[tuple[str, str], Included] = {
    ("invoice", "payments"): invoice_payments.of_invoice,
}
