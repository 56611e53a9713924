"""Where a developer gives the sandbox a bad day."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sandbox import faults
from sandbox.forms import FaultForm
from sandbox.models import Fault


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Inject a fault (the fields of `FaultForm`), or end them all (`action` clear)."""
    if request.POST.get("action") == "clear":
        faults.clear()
        messages.success(request, _("Nothing goes wrong any more."))
        return redirect("sandbox:faults")
    form = FaultForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        form.inject()
        messages.success(request, _("From now on it goes wrong."))
        return redirect("sandbox:faults")
    context = {"form": form, "live": Fault.objects.live().order_by("pk")}
    return render(request, "sandbox/faults.html", context)
