"""The sitemap's addresses below a programme that are about money."""

from django.urls import reverse

from programs.models import Program
from programs.sitemaps import Bilingual


class Giving(Bilingual):
    """The gift form of every programme, and what partners may show of it."""

    def items(self) -> list[tuple[str, Program]]:
        programs = list(Program.objects.published().order_by("pk"))
        names = ("donations:give", "donations:other_ways", "donations:embed")
        return [(name, program) for name in names for program in programs]

    def location(self, item: tuple[str, Program]) -> str:
        name, program = item
        return reverse(name, args=[program.slug])
