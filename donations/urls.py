from django.urls import path

from donations.views import embed, gift, give, other_ways, sharing

app_name = "donations"
urlpatterns = [
    path("gifts/<uuid:public_id>/", gift.show, name="gift"),
    path("<slug:slug>/give/", give.form, name="give"),
    path("<slug:slug>/other-ways/", other_ways.show, name="other_ways"),
    path("<slug:slug>/card/", embed.card, name="card"),
    path("<slug:slug>/embed/", embed.instructions, name="embed"),
    path("<slug:slug>/share.png", sharing.of_program, name="share_program"),
    path("<slug:slug>/updates/<slug:update_slug>/share.png", sharing.of_update, name="share_update"),
]
