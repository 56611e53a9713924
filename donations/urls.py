from django.urls import path

from donations.views import gift, give

app_name = "donations"
urlpatterns = [
    path("gifts/<uuid:public_id>/", gift.show, name="gift"),
    path("<slug:slug>/give/", give.form, name="give"),
]
