"""The admin as a site of its own: unfold's, in our words and colours."""

from django.contrib.admin.apps import AdminConfig
from unfold.sites import UnfoldAdminSite


class Admin(AdminConfig):
    default_site = "campaign.admin_site.AdminSite"


class AdminSite(UnfoldAdminSite):  # type: ignore[misc]  # the library says nothing of its types
    """Where staff work."""
