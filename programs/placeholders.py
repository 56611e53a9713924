"""What a page of the site still lacks: the words that stand where only the foundation knows what to write.

They are written [to be completed: the telephone number], in French [à compléter : le téléphone]. Staff
write over them; until then visitors see plainly that something is missing, and nobody invents it.
"""

import re
from typing import Final

WORDS: Final = {"en": "to be completed", "fr": "à compléter"}

_EITHER = "|".join(re.escape(words) for words in WORDS.values())
# In brackets with what is asked for, which may hold marks of its own; or the bare words.
_PLACEHOLDER = re.compile(
    rf"\[(?:{_EITHER})(?:[^\[\]<>]|</?(?:em|strong|b|i)>)*\]|(?<!\w)(?:{_EITHER})(?!\w)", re.IGNORECASE
)


def found(html: str) -> list[str]:
    """Each placeholder of a rich text, as it stands there."""
    return [match[0] for match in _PLACEHOLDER.finditer(html)]


def marked(html: str) -> str:
    """Rich text with its placeholders in <mark>, for readers who are not to overlook them."""
    return _PLACEHOLDER.sub(r"<mark>\g<0></mark>", html)
