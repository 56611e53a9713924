from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from programs import cached_page
from programs.models import Program


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """`/`: to the visitor's language, which LocaleMiddleware read from Accept-Language."""
    response = redirect("programs:home")
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
@cached_page.kept()
def home(request: HttpRequest) -> HttpResponse:
    """`/<lang>/`: the only published programme at its own address, or the list of them."""
    programs = list(Program.objects.published().prefetch_related("pictures"))
    if len(programs) == 1:
        return redirect(programs[0])
    return render(request, "programs/home.html", {"programs": programs})
