"""What Stripe told us, for staff: each event as it came, what became of it, and a way to handle it again."""

import json

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from donations import tasks, webhooks
from donations.admin import outcomes
from donations.models import Replay, StripeEvent
from programs.admin.plain import BAD, GOOD, WAITING, ReadOnlyAdmin, ReadOnlyInline, badge

_MAY_REPLAY = "donations.replay_stripeevent"
_LONGEST = 100_000  # characters of a payload: what a page can show


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:  # type: ignore[override]
        return [
            ("waiting", _("Waiting")),
            ("failing", _("Failing")),
            ("given-up", _("Given up")),
            ("done", _("Done")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> QuerySet[StripeEvent]:
        waiting = queryset.filter(processed_at__isnull=True)
        match self.value():
            case "waiting":
                return waiting
            case "failing":
                return waiting.exclude(error="")
            case "given-up":
                return waiting.filter(attempts__gte=webhooks.MAX_ATTEMPTS)
            case "done":
                return queryset.filter(processed_at__isnull=False)
        return queryset


class ReplayInline(ReadOnlyInline):
    model = Replay
    fields = ("asked_at", "asked_by", "attempts", "told_outcome", "error")
    verbose_name_plural = _("handled again by hand")
    show_change_link = False

    @admin.display(description=_("outcome until then"))
    def told_outcome(self, asked: Replay) -> str:
        return outcomes.say(asked.outcome)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whoever may see the event may see this of it."""
        return request.user.has_perm("donations.view_stripeevent")


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    change_form_template = "admin/donations/stripeevent/change_form.html"
    list_display = ("received_at", "type", "standing", "told_outcome", "attempts", "short_error", "event_id")
    list_filter = (StateFilter, "type", "livemode")
    search_fields = ("event_id", "type")
    search_help_text = _("An event’s id or type, as Stripe names them.")
    list_per_page = 50
    empty_text = _("Stripe has told us nothing yet.")
    actions = ("handle_again",)
    inlines = (ReplayInline,)
    fields = (
        ("type", "event_id"),
        ("standing", "attempts"),
        ("told_outcome", "processed_at"),
        "error",
        "not_before",
        ("created_at", "received_at"),
        ("livemode", "api_version"),
        "told",
    )
    readonly_fields = ("standing", "told_outcome", "told")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StripeEvent]:
        """The payloads stay in the database until one event is opened: they are long."""
        events: QuerySet[StripeEvent] = super().get_queryset(request)
        return events.defer("payload")

    def get_urls(self) -> list[URLPattern]:
        again = self.admin_site.admin_view(self.again_view)
        return [path("<int:pk>/again/", again, name="donations_stripeevent_again"), *super().get_urls()]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(_MAY_REPLAY)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *args: object, **kwargs: object
    ) -> HttpResponse:
        context["may_replay"] = self.has_replay_permission(request)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    @method_decorator(require_POST)
    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_replay_permission(request):
            raise PermissionDenied
        if not self._replay(request, [pk]):
            raise Http404
        return redirect("admin:donations_stripeevent_change", pk)

    @admin.action(description=_("Handle again"), permissions=["replay"])
    def handle_again(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> None:
        self._replay(request, list(queryset.values_list("pk", flat=True)))

    def _replay(self, request: HttpRequest, pks: list[int]) -> int:
        count = webhooks.replay(pks, by=request.user)  # type: ignore[arg-type]  # signed in
        if count:
            tasks.wake(tasks.process_events)
            told = ngettext(
                "%(count)d event will be handled again within moments.",
                "%(count)d events will be handled again within moments.",
                count,
            )
            self.message_user(request, told % {"count": count}, messages.SUCCESS)
        return count

    @admin.display(description=_("state"))
    def standing(self, event: StripeEvent) -> SafeString:
        if event.processed_at:
            return badge(gettext("Done"), GOOD)
        if event.attempts >= webhooks.MAX_ATTEMPTS:
            return badge(gettext("Given up"), BAD)
        return badge(gettext("Failing"), BAD) if event.error else badge(gettext("Waiting"), WAITING)

    @admin.display(description=_("outcome"))
    def told_outcome(self, event: StripeEvent) -> str:
        return outcomes.say(event.outcome)

    @admin.display(description=_("last error"))
    def short_error(self, event: StripeEvent) -> str:
        return event.error[:80]

    @admin.display(description=_("what Stripe said"))
    def told(self, event: StripeEvent) -> SafeString:
        text = json.dumps(event.payload, indent=2, ensure_ascii=False)
        cut = gettext("… cut here: it is longer than a page can show.") if len(text) > _LONGEST else ""
        return format_html(
            '<pre class="payload" tabindex="0" role="region" aria-label="{}">{}</pre>{}',
            gettext("What Stripe said"),
            text[:_LONGEST],
            cut,
        )
