from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    INDIVIDUAL = "individual", _("In my own name")
    COMPANY = "company", _("On behalf of a company")


class DonorQuerySet(models.QuerySet["Donor"]):
    def as_said(self, **answers: str) -> "Donor":
        """The donor who once said exactly this, or a new one: nothing said here edits a donor."""
        return self.filter(**answers).order_by("pk").first() or self.create(**answers)


class Donor(models.Model):
    """Who gives, as they said it in one form.

    A form proves nothing about who filled it in, so it never changes an existing row: the same
    answers find the same donor, other answers make another one with the same e-mail address.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.INDIVIDUAL)
    email = models.EmailField(_("e-mail"), blank=True, db_index=True)
    first_name = models.CharField(_("first name"), max_length=500, blank=True)
    last_name = models.CharField(_("last name"), max_length=500, blank=True)
    company_name = models.CharField(_("company name"), max_length=500, blank=True)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")
    language = models.CharField(_("language"), max_length=5)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = DonorQuerySet.as_manager()

    class Meta:
        verbose_name = _("donor")
        verbose_name_plural = _("donors")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="donor_kind_known"),
            # Somebody who sent a cheque may have no address to write to; nobody is without a name then.
            models.CheckConstraint(
                condition=~models.Q(email="", last_name="", company_name=""), name="donor_can_be_named"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=Kind.COMPANY) | ~models.Q(company_name=""),
                name="donor_company_has_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.email else self.name

    @property
    def name(self) -> str:
        """The name letters and documents are addressed to."""
        if self.kind == Kind.COMPANY:
            return self.company_name
        return f"{self.first_name} {self.last_name}".strip()
