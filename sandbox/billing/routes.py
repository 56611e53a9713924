"""Billing's addresses, and the lists that its objects hold only when asked."""

from stripe import params

from sandbox.billing import ending
from sandbox.expansion import Included
from sandbox.resources import invoice_payments, invoices, prices, products, subscriptions
from sandbox.routing import Route, route

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
    route("DELETE", "subscriptions/{id}", params.SubscriptionCancelParams, ending.cancel),
    route("GET", "invoices", params.InvoiceListParams, invoices.list_all),
    route("GET", "invoices/{id}", params.InvoiceRetrieveParams, invoices.retrieve),
    route("GET", "invoices/{id}/lines", params.InvoiceLineItemListParams, invoices.list_lines),
    route("GET", "invoice_payments", params.InvoicePaymentListParams, invoice_payments.list_all),
    route("GET", "invoice_payments/{id}", params.InvoicePaymentRetrieveParams, invoice_payments.retrieve),
]

INCLUDABLE: dict[tuple[str, str], Included] = {
    ("invoice", "payments"): invoice_payments.of_invoice,
}
