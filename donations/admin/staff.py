"""Who works here: people and their roles. Rights are given by role, never one by one.

Nobody lifts themselves or others above what they are: superusers are made on the command line, and only
a superuser may touch one. Nobody is deleted either: what they did stays signed with their name.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from programs.admin.plain import GOOD, PlainAdmin, ReadOnlyAdmin, badge

_ROLES = {
    "Editor": _("Editor"),
    "Fundraiser": _("Fundraiser"),
    "Treasurer": _("Treasurer"),
    "Administrator": _("Administrator"),
}
_VERBS = {
    "view": _("look"),
    "add": _("add"),
    "change": _("change"),
    "delete": _("delete"),
    "answer": _("answer"),
    "export": _("export"),
    "refund": _("give back"),
    "review": _("decide on what is held"),
    "close": _("close"),
    "end": _("end"),
    "replay": _("handle again"),
}

admin.site.unregister(User)
admin.site.unregister(Group)


class NewMember(UserCreationForm):  # type: ignore[misc]  # the library says nothing of its types
    usable_password = None  # everybody signs in with a password


def role_name(role: Group) -> str:
    """The roles that the site comes with are called in the reader's language, others as staff called them."""
    return str(_ROLES.get(role.name, role.name))


class HoldersOf(admin.SimpleListFilter):
    """The people of one role, by the name that the reader knows it by."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(role.pk), role_name(role)) for role in Group.objects.order_by("name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        role = str(self.value() or "")
        known = role.isdecimal() and len(role) < 19
        return queryset.filter(groups__pk=int(role)) if known else queryset


@admin.register(User)
class StaffAdmin(UserAdmin[User], PlainAdmin):
    form = UserChangeForm
    add_form = NewMember
    add_form_template = None
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "name", "email", "roles", "may_sign_in", "last_login")
    list_filter = (HoldersOf, "is_active")
    search_help_text = _("A name or an e-mail address.")
    filter_horizontal = ()
    readonly_fields = ("password_change", "last_login", "date_joined")
    instead = _("Take away the right to sign in instead: what this person did stays signed.")
    fieldsets = (
        (None, {"fields": ("username", ("first_name", "last_name"), "email", "password_change")}),
        (_("What they may do"), {"fields": ("is_active", "groups")}),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", ("first_name", "last_name"), "email")}),
        (_("What they may do"), {"fields": ("groups",)}),
        (_("Password"), {"fields": ("password1", "password2")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people.prefetch_related("groups")

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            return _Roles(
                Group.objects.exclude(pk__in=_above(request)).order_by("name"),
                required=False,
                label=_("Roles"),
                help_text=_("Each role opens its own lists and nothing else."),
                widget=forms.CheckboxSelectMultiple,
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "is_active" in form.base_fields:
            form.base_fields["is_active"].label = _("May sign in")
            form.base_fields["is_active"].help_text = ""
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """One's own roles are somebody else's business."""
        own = ("groups", "is_active") if obj and obj.pk == request.user.pk else ()
        return (*super().get_readonly_fields(request, obj), *own)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and not request.user.is_superuser:
            above = obj.is_superuser or obj.groups.filter(pk__in=_above(request)).exists()
            if above:
                return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, person: User) -> str:
        return person.get_full_name()

    @admin.display(description=_("password"))
    def password_change(self, person: User) -> SafeString:
        address = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('<a href="{}">{}</a>', address, _("Give another password"))

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        if person.is_superuser:
            return str(_("Everything"))
        return ", ".join(role_name(group) for group in person.groups.all())

    @admin.display(description=_("may sign in"), ordering="is_active")
    def may_sign_in(self, person: User) -> str:
        return badge(_("Yes"), GOOD) if person.is_active else badge(_("No"))


@admin.register(Group)
class RoleAdmin(GroupAdmin, PlainAdmin):
    """Rights that open something here, in boxes; nobody gives or takes what they do not hold themselves."""

    list_display = ("called",)

    empty_text = _("No role yet.")
    instead = _("Take it away from people instead.")

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            return _Rights(
                _held(request),
                required=False,
                label=_("What it opens"),
                widget=forms.CheckboxSelectMultiple,
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("role"), ordering="name")
    def called(self, role: Group) -> str:
        return role_name(role)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        above = obj is not None and obj.pk in _above(request)
        return not above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        above = obj is not None and obj.pk in _above(request)
        return not above and super().has_delete_permission(request, obj)


class _Roles(forms.ModelMultipleChoiceField[Group]):
    def label_from_instance(self, obj: Group) -> str:
        return role_name(obj)


class _Rights(forms.ModelMultipleChoiceField[Permission]):
    def label_from_instance(self, obj: Permission) -> str:
        verb = obj.codename.split("_")[0]
        return f"{capfirst(obj.content_type.name)}: {_VERBS.get(verb, verb)}"


def _held(request: HttpRequest) -> QuerySet[Permission]:
    """The rights over what the admin shows that this person may pass on."""
    rights = Permission.objects.select_related("content_type").filter(_in_use())
    if not request.user.is_superuser:
        names = {right.split(".")[1] for right in request.user.get_all_permissions()}
        rights = rights.filter(codename__in=names)
    return rights.order_by("content_type__app_label", "content_type__model", "codename")


def _in_use() -> Q:
    """Nobody adds, changes or deletes what the books say: such rights would open nothing."""
    found = Q()
    for model, shown in admin.site._registry.items():
        own = Q(content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name)
        name = model._meta.model_name
        if isinstance(shown, ReadOnlyAdmin):
            kept = ("change",) if hasattr(shown, "has_send_permission") else getattr(shown, "rights", ())
            own &= ~Q(
                codename__in=[f"{verb}_{name}" for verb in ("add", "change", "delete") if verb not in kept]
            )
        found |= own
    return found


def _above(request: HttpRequest) -> set[int]:
    """The roles with a right that this person lacks."""
    if request.user.is_superuser:
        return set()
    held = request.user.get_all_permissions()
    rights = Group.objects.values_list("pk", "permissions__content_type__app_label", "permissions__codename")
    return {pk for pk, label, name in rights if name and f"{label}.{name}" not in held}
