from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from outreach import claims, letters
from outreach.models import Broadcast, Letter, State, Subscription, Suppression


class ReadOnly:
    """To look at, not to change: what is here was written by people's own acts, and by workers."""

    def has_add_permission(self, *_args: object, **_kwargs: object) -> bool:
        return False

    def has_change_permission(self, *_args: object, **_kwargs: object) -> bool:
        return False

    def has_delete_permission(self, *_args: object, **_kwargs: object) -> bool:
        return False


@admin.register(Letter)
class LetterAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ["to", "kind", "state", "attempts", "created_at", "sent_at", "short_error"]
    list_filter = ["state", "kind", "language"]
    search_fields = ["to", "=key"]
    search_help_text = _("Part of an e-mail address, or a whole key.")
    list_per_page = 50
    show_full_result_count = False
    actions = ["send_again"]
    fieldsets = [
        (None, {"fields": ["to", "kind", "language", "state", "error", "attempts"]}),
        (_("Times"), {"fields": ["created_at", "not_before", "claimed_at", "sent_at"]}),
        (_("As sent"), {"fields": ["subject", "text", "message_id"]}),
        (_("Made from"), {"fields": ["key", "told_facts", "attachments", "broadcast", "subscription"]}),
    ]

    @admin.display(description=_("last error"))
    def short_error(self, letter: Letter) -> str:
        return letter.error[:80]

    @admin.display(description=_("facts"))
    def told_facts(self, letter: Letter) -> str:
        return format_html_join(
            "", "{}: {}<br>", ((name, str(value)) for name, value in letter.facts.items())
        )

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outreach.change_letter")

    @admin.action(description=_("Send again the failed ones"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Letter]) -> None:
        """Only failed letters move: one that is waiting, leaving or gone is never sent a second time."""
        count = claims.send_again(queryset.filter(state=State.FAILED).values_list("pk", flat=True))
        if count:
            letters.wake()
        told = ngettext(
            "%(count)d letter will be sent again.", "%(count)d letters will be sent again.", count
        )
        self.message_user(request, told % {"count": count}, messages.SUCCESS if count else messages.WARNING)


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = [
        "email",
        "program",
        "language",
        "source",
        "consented_at",
        "confirmed_at",
        "unsubscribed_at",
    ]
    list_filter = ["program", "language", ("unsubscribed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["program"]
    search_fields = ["email"]
    show_full_result_count = False
    fields = [
        "email",
        "program",
        "language",
        "consent_text",
        "source",
        "consented_at",
        "confirmed_at",
        "unsubscribed_at",
    ]


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["email", "reason", "note", "at"]
    list_filter = ["reason"]
    search_fields = ["email"]


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    list_display = ["__str__", "created_at", "finished_at", "owed", "sent", "failed", "suppressed"]
    fields = ["update", "created_at", "finished_at", "facts", "owed", "sent", "failed", "suppressed"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Broadcast]:
        broadcasts: QuerySet[Broadcast] = super().get_queryset(request)
        return broadcasts.annotate(
            owed_count=Count("letters"),
            sent_count=Count("letters", filter=Q(letters__state=State.SENT)),
            failed_count=Count("letters", filter=Q(letters__state=State.FAILED)),
            suppressed_count=Count("letters", filter=Q(letters__state=State.SUPPRESSED)),
        )

    @admin.display(description=_("letters owed"))
    def owed(self, broadcast: Broadcast) -> int:
        return int(getattr(broadcast, "owed_count", 0))

    @admin.display(description=_("sent"))
    def sent(self, broadcast: Broadcast) -> int:
        return int(getattr(broadcast, "sent_count", 0))

    @admin.display(description=_("failed"))
    def failed(self, broadcast: Broadcast) -> int:
        return int(getattr(broadcast, "failed_count", 0))

    @admin.display(description=_("not sent on purpose"))
    def suppressed(self, broadcast: Broadcast) -> int:
        return int(getattr(broadcast, "suppressed_count", 0))
