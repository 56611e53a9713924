"""The envelope: headers, the two bodies and the documents, as one e-mail message."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from outreach import attachments
from outreach.models import Letter
from outreach.rendering import Words, unsubscribe_url


def compose(letter: Letter, words: Words) -> EmailMultiAlternatives:
    """The message to send. Raises what an attachment that cannot be made raises."""
    message = EmailMultiAlternatives(
        subject=words.subject, body=words.text, to=[letter.to], headers=_headers(letter)
    )
    message.attach_alternative(words.html, "text/html")
    for reference in letter.attachments:
        document = attachments.resolve(reference["kind"], reference["reference"])
        message.attach(document.filename, document.content, document.mimetype)
    return message


def message_id(letter: Letter) -> str:
    """The same for every copy of a letter, so that a second copy is known as one."""
    digest = hashlib.sha256(letter.key.encode()).hexdigest()[:40]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def _headers(letter: Letter) -> dict[str, str]:
    # RFC 3834: no absence notice answers a letter that a machine sent.
    headers = {"Message-ID": message_id(letter), "Auto-Submitted": "auto-generated"}
    if address := unsubscribe_url(letter):
        # RFC 8058. Only what people subscribed to carries these, never a letter about their own gift.
        headers["List-Unsubscribe"] = f"<{address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
