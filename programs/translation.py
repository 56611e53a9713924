"""Which words are written in every language. History is kept from here, once the columns exist.

No language is required: `programs.models.translated` asks for one at least, whichever it is.
"""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from programs import models


@register(models.Program)
class ProgramOptions(TranslationOptions):
    fields = (
        "title",
        "slug",
        "tagline",
        "summary",
        "resources_heading",
        "needs_heading",
        "funding_note",
    )


@register(models.Section)
class SectionOptions(TranslationOptions):
    fields = ("heading", "lead", "body")


@register(models.Testimonial)
class TestimonialOptions(TranslationOptions):
    fields = ("quote", "attribution", "context")


@register([models.Resource, models.FundingNeed])
class LabelledOptions(TranslationOptions):
    fields = ("label", "detail")


@register(models.KeyFigure)
class KeyFigureOptions(TranslationOptions):
    fields = ("value", "label", "source")


@register(models.SuggestedAmount)
class SuggestedAmountOptions(TranslationOptions):
    fields = ("label",)


@register(models.Question)
class QuestionOptions(TranslationOptions):
    fields = ("question", "answer")


@register(models.Picture)
class PictureOptions(TranslationOptions):
    fields = ("alternative_text", "caption")


@register(models.Milestone)
class MilestoneOptions(TranslationOptions):
    fields = ("headline",)


@register(models.ProgressUpdate)
class ProgressUpdateOptions(TranslationOptions):
    fields = ("title", "slug", "body", "picture_alternative_text")


@register(models.Page)
class PageOptions(TranslationOptions):
    fields = ("title", "slug", "body")


for model in (
    models.Section,
    models.Testimonial,
    models.Resource,
    models.FundingNeed,
    models.KeyFigure,
    models.SuggestedAmount,
    models.Question,
    models.Milestone,
):
    simple_history.register(model, app="programs")
# A counter says that something moved, and which files are made; neither is something staff wrote.
simple_history.register(models.Picture, app="programs", excluded_fields=["renditions"])
simple_history.register(models.Page, app="programs", excluded_fields=["preview_round"])
simple_history.register(
    models.ProgressUpdate, app="programs", excluded_fields=["preview_round", "picture_renditions"]
)
simple_history.register(models.Program, app="programs", excluded_fields=["revision", "preview_round"])
