import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations import gateway, tasks, webhooks

logger = logging.getLogger(__name__)

# Stripe's events are a few kilobytes. What is far larger is not one, and is not read.
_LARGEST_BODY = 512_000


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Stripe's door: 200 once the event is kept, 400 for what is not Stripe's, 413 for a flood."""
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdigit()):
        return _not_ours()
    if len(length) > 9 or int(length) > _LARGEST_BODY:
        return HttpResponse("Too large to be an event.\n", status=413, content_type="text/plain")
    try:
        new = webhooks.receive(request.body, request.headers.get("Stripe-Signature", ""))
    except gateway.BadEvent as error:
        logger.warning("a webhook was refused: %s", error)
        return _not_ours()
    if new:  # of one that is there already, whoever was woken knows, or beat finds it
        tasks.wake(tasks.process_event, new.pk)
    return HttpResponse("Kept.\n", content_type="text/plain")


def _not_ours() -> HttpResponse:
    return HttpResponse("Not an event of ours.\n", status=400, content_type="text/plain")
