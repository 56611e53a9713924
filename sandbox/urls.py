from django.urls import path

from sandbox import api
from sandbox.views import checkout

app_name = "sandbox"
urlpatterns = [
    path("v1/<path:address>", api.endpoint, name="api"),
    path("checkout/<str:session_id>/", checkout.page, name="checkout"),
    path("checkout/<str:session_id>/authenticate/", checkout.authenticate, name="authenticate"),
]
