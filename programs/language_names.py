"""The names of languages inside a sentence: French writes them small, English with a capital."""

from django.utils.translation import get_language, get_language_info


def inside_a_sentence(code: str) -> str:
    """What the language of the moment calls `code`: `French`, and `français`."""
    name: str = get_language_info(code)["name_translated"]
    return name.lower() if get_language() == "fr" else name
