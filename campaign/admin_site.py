"""The admin as a site of its own: unfold's, in our words and colours."""

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class Admin(AdminConfig):
    default_site = "campaign.admin_site.AdminSite"


class AdminSite(UnfoldAdminSite):  # type: ignore[misc]  # the library says nothing of its types
    """Where staff work. Its home says where the campaign is; its menu holds what its reader may open."""

    index_title = _("Where we are")

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        groups = super().get_sidebar_list(request)
        for group in groups:
            group["items"] = [item for item in group["items"] if item["has_permission"]]
        return [group for group in groups if group["items"]]
