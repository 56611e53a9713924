"""The door of the REST API: who asks, what for, and the answer in Stripe's manner."""

import base64
import json
import logging
from typing import Any

import stripe
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from sandbox import (
    bad_days,
    encoding,
    errors,
    expansion,
    faults,
    idempotency,
    parameters,
    routes,
    store,
    sweep,
)
from sandbox.calls import Call, Handler
from sandbox.models import Answer, Fault

logger = logging.getLogger(__name__)


@csrf_exempt  # a program calls, with a key of its own; no cookie is read
@never_cache
def endpoint(request: HttpRequest, address: str) -> HttpResponse:
    request_id = "req_" + store.random_text(14)
    original = request_id
    try:
        _authenticate(request)
        _same_version(request)
        sweep.settle_due()
        fault = _fault(request, address)
        fails = bad_days.within(fault)
        if fault and not (fault.done or fails):
            return bad_days.answer(fault, request, request_id)
        original, status, body = _answer(request, address, request_id, fails=fails)
        if fault and fault.done:
            return bad_days.answer(fault, request, request_id)
    except errors.ApiError as error:
        status, body = error.status, _text(error.body(request_id))
    except Exception:
        logger.exception("The sandbox failed at %s %s", request.method, address)
        status, body = 500, _text(errors.Broken("The sandbox failed; its log says why.").body(request_id))
    return _response(request, status, body, request_id, original)


def _response(request: HttpRequest, status: int, body: str, request_id: str, original: str) -> HttpResponse:
    """`original` is the request that did the work: another one where its answer is given again."""
    response = HttpResponse(body, status=status, content_type="application/json")
    response["Request-Id"] = request_id
    response["Stripe-Version"] = stripe.api_version
    if key := request.headers.get("Idempotency-Key"):
        response["Idempotency-Key"] = key.replace("\n", "").replace("\r", "")
        if status == errors.Broken.status:
            response["Stripe-Should-Retry"] = "false"  # its key would be answered alike
    if original != request_id:
        response["Idempotent-Replayed"] = "true"
        response["Original-Request"] = original
    return response


def _authenticate(request: HttpRequest) -> None:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = credentials.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode().partition(":")[0]
        except ValueError:
            key = ""
    elif scheme.lower() != "bearer":
        key = ""
    if not key:
        raise errors.Unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if not constant_time_compare(key, settings.STRIPE_SECRET_KEY):
        hidden = f"{key[:8]}****{key[-4:]}" if len(key) > 16 else "****"
        raise errors.Unauthorized(f"Invalid API Key provided: {hidden}")


def _fault(request: HttpRequest, address: str) -> Fault | None:
    """What goes wrong with this call: what its own header asks for, or what was injected."""
    asked = faults.asked_for(request.headers.get("Sandbox-Fault", ""))
    return asked or faults.of_call(request.method or "GET", address)


def _same_version(request: HttpRequest) -> None:
    asked = request.headers.get("Stripe-Version", stripe.api_version)
    if asked != stripe.api_version:
        raise errors.InvalidRequest(
            f"Invalid Stripe API version: {asked[:50]}. The sandbox speaks {stripe.api_version} only."
        )


def _answer(request: HttpRequest, address: str, request_id: str, *, fails: bool) -> tuple[str, int, str]:
    """The id of the request that did the work (another's, when answered again), the status and the text.

    With `fails` Stripe itself breaks down in it.
    """
    method = request.method or "GET"
    route, object_id = routes.find(method, address)
    given = _given(request)
    call = Call(
        request_id=request_id,
        params=parameters.check(route.params, given),
        object_id=object_id,
        idempotency_key=request.headers.get("Idempotency-Key") if method == "POST" else None,
        address=request.build_absolute_uri,
    )
    handler = bad_days.break_down if fails else route.handler
    if not call.idempotency_key:
        return request_id, 200, _perform(handler, call, None)
    claim = idempotency.begin(
        call.idempotency_key, idempotency.fingerprint(method, address, given), request_id
    )
    if claim.status:
        return claim.request_id, claim.status, claim.body
    try:
        return request_id, 200, _perform(handler, call, claim)
    except BaseException:
        idempotency.release(claim)
        raise


def _given(request: HttpRequest) -> dict[str, Any]:
    if request.method != "POST":
        return encoding.decode(request.META.get("QUERY_STRING", ""))
    if request.content_type not in {"", "application/x-www-form-urlencoded"}:
        raise errors.InvalidRequest(
            "Invalid request: send the parameters as application/x-www-form-urlencoded, "
            f"not as {str(request.content_type)[:100]}."
        )
    try:
        return encoding.decode(request.body.decode())
    except RequestDataTooBig:
        raise errors.TooLarge("The request is too large.") from None
    except UnicodeDecodeError:
        raise errors.InvalidRequest(
            "Invalid request: the parameters are not valid UTF-8 form data."
        ) from None


def _perform(handler: Handler, call: Call, claim: Answer | None) -> str:
    """Do the work and remember the answer, in one transaction."""

    def work() -> str | errors.Declined | errors.Broken:
        try:
            answer = handler(call)
        except (errors.Declined, errors.Broken) as failure:
            if claim:
                idempotency.finish(claim, failure.status, _text(failure.body(call.request_id)))
            return failure
        expansion.expand(answer, call.params.get("expand", []), routes.KINDS)
        text = _text(answer)
        if claim:
            idempotency.finish(claim, 200, text)
        return text

    try:
        done = store.retrying(work)
    except store.Changed:
        raise errors.Busy(
            "This object cannot be accessed right now because another API request or Stripe process is "
            "currently accessing it.",
            code="lock_timeout",
        ) from None
    if isinstance(done, errors.ApiError):
        raise done
    return done


def _text(answer: dict[str, Any]) -> str:
    return json.dumps(answer, indent=2)
