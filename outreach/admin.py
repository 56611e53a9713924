import datetime as dt

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from outreach import claims, letters
from outreach.models import Broadcast, Letter, State, Subscription, Suppression
from programs.admin.plain import BAD, GOOD, QUIET, WAITING, PlainAdmin, ReadOnlyAdmin, badge

_TONES = {State.SENT: GOOD, State.QUEUED: WAITING, State.SENDING: WAITING, State.FAILED: BAD}


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ["to", "kind", "standing", "attempts", "created_at", "sent_at", "short_error"]
    list_filter = ["state", "kind", "language"]
    search_fields = ["to", "=key"]
    search_help_text = _("Part of an e-mail address, or a whole key.")
    list_per_page = 50
    empty_text = _("No letter yet: the first goes out with the first gift.")
    actions = ["send_again"]
    fieldsets = [
        (None, {"fields": ["to", "kind", "language_by_name", "standing", "error", "attempts"]}),
        (_("Times"), {"fields": ["created_at", "not_before", "claimed_at", "sent_at"]}),
        (_("As sent"), {"fields": ["subject", "text", "message_id"]}),
        (_("Made from"), {"fields": ["key", "told_facts", "attachments", "broadcast", "subscription"]}),
    ]

    @admin.display(description=_("state"), ordering="state")
    def standing(self, letter: Letter) -> SafeString:
        return badge(letter.get_state_display(), _TONES.get(State(letter.state), QUIET))

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
class SubscriptionAdmin(ReadOnlyAdmin):
    list_display = [
        "email",
        "program",
        "language_by_name",
        "source",
        "agreed",
        "confirmed_at",
        "unsubscribed_at",
    ]
    list_filter = ["program", "language", ("unsubscribed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["program"]
    search_fields = ["email"]
    search_help_text = _("Part of an e-mail address.")
    list_per_page = 50
    empty_text = _("Nobody has asked for news yet.")
    fields = [
        "email",
        "program",
        "language_by_name",
        "consent_text",
        "source",
        "agreed",
        "confirmed_at",
        "unsubscribed_at",
    ]

    @admin.display(description=_("agreed"), ordering="consented_at")
    def agreed(self, subscription: Subscription) -> dt.datetime | None:
        return subscription.agreed_at


@admin.register(Suppression)
class SuppressionAdmin(PlainAdmin):
    list_display = ["email", "reason", "note", "at"]
    list_filter = ["reason"]
    search_fields = ["email"]
    search_help_text = _("Part of an e-mail address.")
    empty_text = _("There is nobody we must not write to.")


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "created_at", "finished_at", "owed", "sent", "failed", "suppressed"]
    list_select_related = ["update"]
    empty_text = _("No news has been sent yet.")
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
