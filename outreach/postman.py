"""One connection to the mail server, opened when it is needed and again when it has broken."""

import logging

from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class NothingAccepted(Exception):
    """The mail backend reported no error and sent nothing."""


class Postman:
    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self.outage = ""  # why the last connection could not be made

    def connect(self) -> bool:
        """Whether mail can be handed over now; an open connection is kept."""
        if self._backend is not None:
            return True
        try:
            backend = mail.get_connection()
            backend.open()
        except Exception as error:
            self.outage = explain(error)
            logger.warning("The mail server cannot be reached: %s", self.outage)
            return False
        self._backend = backend
        return True

    def hand_over(self, message: EmailMessage) -> None:
        """Give one message to the mail server. Raises what went wrong; then the connection is closed."""
        if self._backend is None:
            raise NothingAccepted("not connected")
        try:
            if not self._backend.send_messages([message]):
                raise NothingAccepted("the mail backend sent nothing")
        except Exception:
            # After a failure nobody knows what state the conversation is in.
            self.close()
            raise

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            backend.close()
        except Exception as error:
            logger.info("The mail server did not say goodbye: %s", explain(error))


def explain(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
