from django.urls import include, path

from donations.views import (
    embed,
    gift,
    give,
    other_ways,
    sharing,
)
from donations.views.my_gifts import (
    about_me,
    documents,
    email,
    entrance,
    erasure,
    plan,
)

app_name = "donations"
MY_GIFTS = [
    path("", entrance.home, name="my_gifts"),
    path("sent/", entrance.sent, name="my_gifts_sent"),
    path("open/<str:token>/", entrance.open_link, name="my_gifts_open"),
    path("sign-out/", entrance.sign_out, name="my_gifts_sign_out"),
    path("address/<uuid:gift>/", about_me.address, name="my_gifts_address"),
    path("news/", about_me.news, name="my_gifts_news"),
    path("data/", about_me.data, name="my_gifts_data"),
    path("email/", email.ask, name="my_gifts_email"),
    path("email/<str:token>/", email.agree, name="my_gifts_email_agree"),
    path("erasure/", erasure.ask, name="my_gifts_erasure"),
    path("plans/<uuid:plan>/", plan.show, name="my_gifts_plan"),
    path("plans/<uuid:plan>/amount/", plan.amount, name="my_gifts_plan_amount"),
    path("plans/<uuid:plan>/pause/", plan.pause, name="my_gifts_plan_pause"),
    path("plans/<uuid:plan>/resume/", plan.resume, name="my_gifts_plan_resume"),
    path("plans/<uuid:plan>/payment/", plan.payment, name="my_gifts_plan_payment"),
    path("plans/<uuid:plan>/cancel/", plan.cancel, name="my_gifts_plan_cancel"),
    path("documents/<str:reference>/", documents.download, name="my_gifts_document"),
]
urlpatterns = [
    path("my-gifts/", include(MY_GIFTS)),
    path("gifts/<uuid:public_id>/", gift.show, name="gift"),
    path("<slug:slug>/give/", give.form, name="give"),
    path("<slug:slug>/other-ways/", other_ways.show, name="other_ways"),
    path("<slug:slug>/card/", embed.card, name="card"),
    path("<slug:slug>/embed/", embed.instructions, name="embed"),
    path("<slug:slug>/share.png", sharing.of_program, name="share_program"),
    path("<slug:slug>/updates/<slug:update_slug>/share.png", sharing.of_update, name="share_update"),
]
