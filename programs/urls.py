"""Addresses of what there is to read, below the language."""

from django.urls import path
from django.views.decorators.http import require_safe

from programs import cached_page, views
from programs.feeds import UpdateFeed

app_name = "programs"
urlpatterns = [
    path("", views.home, name="home"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("pages/<slug:slug>/", views.page, name="page"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("<slug:slug>/", views.program, name="program"),
    path("<slug:slug>/updates/", views.updates, name="updates"),
    path("<slug:slug>/updates/feed/", require_safe(cached_page.kept()(UpdateFeed())), name="feed"),
    path("<slug:slug>/updates/<slug:update_slug>/", views.update, name="update"),
]
