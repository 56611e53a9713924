from django.urls import path

from sandbox import api
from sandbox.views import checkout, dashboard, faults, invoices, mail, portal

app_name = "sandbox"
urlpatterns = [
    path("", dashboard.index, name="index"),
    path("kinds/<str:kind>/", dashboard.kind, name="kind"),
    path("objects/<str:object_id>/", dashboard.stripe_object, name="object"),
    path("objects/<str:object_id>/act/", dashboard.act, name="act"),
    path("objects/<str:object_id>/refund/", dashboard.refund, name="refund"),
    path("objects/<str:object_id>/send/", dashboard.send, name="send"),
    path("events/send-in-reverse/", dashboard.send_in_reverse, name="send_in_reverse"),
    path("faults/", faults.index, name="faults"),
    path("mail/", mail.index, name="mail"),
    path("mail/<str:file>/<int:number>/", mail.letter, name="letter"),
    path("mail/<str:file>/<int:number>/html/", mail.html, name="letter_html"),
    path("mail/<str:file>/<int:number>/attachments/<int:attached>/", mail.attachment, name="attachment"),
    path("checkout/<str:session_id>/", checkout.page, name="checkout"),
    path("checkout/<str:session_id>/authenticate/", checkout.authenticate, name="authenticate"),
    path("invoices/<str:invoice_id>/", invoices.page, name="invoice"),
    path("invoices/<str:invoice_id>/authenticate/", invoices.authenticate, name="authenticate_invoice"),
    path("mandates/<str:mandate_id>/", checkout.mandate, name="mandate"),
    path("portal/<str:session_id>/", portal.page, name="portal"),
    path("portal/<str:session_id>/authenticate/", portal.authenticate, name="authenticate_portal"),
    path("v1/<path:address>", api.endpoint, name="api"),
]
