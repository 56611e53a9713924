from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donations.models import StripeEvent
from programs.admin.plain import BAD, GOOD, WAITING, ReadOnlyAdmin, badge


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:  # type: ignore[override]
        return [("waiting", _("Waiting")), ("failing", _("Failing")), ("done", _("Done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> QuerySet[StripeEvent]:
        match self.value():
            case "waiting":
                return queryset.filter(processed_at__isnull=True)
            case "failing":
                return queryset.filter(processed_at__isnull=True).exclude(error="")
            case "done":
                return queryset.filter(processed_at__isnull=False)
        return queryset


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "type", "standing", "outcome", "attempts", "short_error", "event_id")
    list_filter = (StateFilter, "type", "livemode")
    search_fields = ("event_id", "type")
    search_help_text = _("An event’s id or type, as Stripe names them.")
    list_per_page = 50
    empty_text = _("Stripe has told us nothing yet.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StripeEvent]:
        """The payloads stay in the database until one event is opened: they are long."""
        events: QuerySet[StripeEvent] = super().get_queryset(request)
        return events.defer("payload")

    @admin.display(description=_("state"))
    def standing(self, event: StripeEvent) -> SafeString:
        if event.processed_at:
            return badge(gettext("Done"), GOOD)
        return badge(gettext("Failing"), BAD) if event.error else badge(gettext("Waiting"), WAITING)

    @admin.display(description=_("last error"))
    def short_error(self, event: StripeEvent) -> str:
        return event.error[:80]
