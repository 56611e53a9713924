"""What a page was rendered with (`response.context`), kept once for each page.

Django's test client keeps a copy of the context for each template and each inclusion: a page of the
admin has thousands, and a fifth of the time that its tests take goes there.
"""

import threading

from django.template import Context, Template
from django.test.utils import instrumented_test_render  # type: ignore[attr-defined]


class _Inside(threading.local):
    page = False


_inside = _Inside()


def keep_once() -> None:
    """From now on, until Django ends its test environment."""
    Template._render = _render  # type: ignore[attr-defined]


def _render(template: Template, context: Context) -> str:
    if _inside.page:
        return template.nodelist.render(context)
    _inside.page = True
    try:
        return str(instrumented_test_render(template, context))
    finally:
        _inside.page = False
