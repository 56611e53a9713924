from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sandbox import faults
from sandbox.models import Fault


class FaultForm(forms.Form):
    kind = forms.ChoiceField(label=_("What goes wrong"), choices=Fault.Kind)
    count = forms.IntegerField(label=_("How many calls or events"), min_value=1, required=False)
    minutes = forms.FloatField(label=_("For how many minutes"), min_value=0, max_value=1440, required=False)
    match = forms.CharField(
        label=_("Only what begins with"),
        max_length=200,
        required=False,
        help_text=_("“POST checkout/sessions” for calls, “charge.dispute.” for events."),
    )
    seconds = forms.FloatField(
        label=_("Seconds to hang, or to be late"), min_value=0, max_value=60, required=False
    )
    done = forms.BooleanField(label=_("Carry the call out, and lose its answer"), required=False)

    def inject(self) -> Fault:
        given: dict[str, Any] = self.cleaned_data
        minutes = given["minutes"]
        return faults.inject(
            given["kind"],
            count=given["count"],
            lasting=None if minutes is None else timedelta(minutes=minutes),
            match=given["match"],
            seconds=5 if given["seconds"] is None else given["seconds"],
            done=given["done"],
        )
