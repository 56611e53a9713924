"""Stripe's errors: what a caller did wrong, in the words and with the status codes Stripe uses.

These messages are part of the API and stay in English, as Stripe's do.
"""

from typing import Any

_DOCUMENTATION = "https://docs.stripe.com/error-codes"


class ApiError(Exception):
    """Ends a request with Stripe's error object; nothing the request began is kept."""

    status = 400
    type = "invalid_request_error"

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param

    def body(self, request_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"{_DOCUMENTATION}/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error}


class InvalidRequest(ApiError):
    pass


class NotSimulated(ApiError):
    """Stripe can do this; the sandbox cannot, and says so rather than ignore it."""

    def __init__(self, what: str, *, param: str | None = None) -> None:
        super().__init__(f"The sandbox does not simulate {what}.", param=param)


class Unauthorized(ApiError):
    status = 401


class NotFound(ApiError):
    status = 404


class TooLarge(ApiError):
    status = 413


class IdempotencyMismatch(ApiError):
    type = "idempotency_error"


class IdempotencyConflict(ApiError):
    status = 409
    type = "idempotency_error"


class Busy(ApiError):
    status = 429


class Declined(ApiError):
    """The bank refused, or wants to see its customer. What was recorded of it is kept."""

    status = 402
    type = "card_error"
    decline_code: str | None = None

    @classmethod
    def of(cls, intent: dict[str, Any]) -> "Declined":
        error = intent["last_payment_error"] or {
            "message": "This payment requires additional user action before it can be completed.",
            "code": "invoice_payment_intent_requires_action",
        }
        declined = cls(error["message"], code=error["code"])
        declined.decline_code = error.get("decline_code")
        return declined

    def body(self, request_id: str) -> dict[str, Any]:
        answer = super().body(request_id)
        if self.decline_code:
            answer["error"]["decline_code"] = self.decline_code
        return answer


class Broken(ApiError):
    """Our own fault; the caller may try again."""

    status = 500
    type = "api_error"


def no_such(kind: str, object_id: str, param: str | None = None) -> InvalidRequest:
    """400 when the id came in a parameter, as Stripe answers; `store.fetch` answers 404 for an address."""
    name = kind.replace("_", "").replace(".", "")
    return InvalidRequest(f"No such {name}: '{object_id}'", code="resource_missing", param=param)


def missing(param: str) -> InvalidRequest:
    return InvalidRequest(f"Missing required param: {param}.", code="parameter_missing", param=param)


def too_small(least: int, param: str) -> InvalidRequest:
    return InvalidRequest(
        f"This value must be greater than or equal to {least}.",
        code="parameter_invalid_integer",
        param=param,
    )


def exclusive(*names: str, param: str) -> InvalidRequest:
    return InvalidRequest(
        f"You may only specify one of these parameters: {', '.join(names)}.",
        code="parameters_exclusive",
        param=param,
    )
