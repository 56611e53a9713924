from programs.models.content import (
    FundingNeed,
    GiftFrequency,
    KeyFigure,
    Milestone,
    Picture,
    Question,
    Resource,
    Section,
    SuggestedAmount,
    Testimonial,
)
from programs.models.page import Page
from programs.models.part import Part
from programs.models.program import Program, ProgramStatus
from programs.models.update import ProgressUpdate, UpdateStatus

__all__ = [
    "FundingNeed",
    "GiftFrequency",
    "KeyFigure",
    "Milestone",
    "Page",
    "Part",
    "Picture",
    "Program",
    "ProgramStatus",
    "ProgressUpdate",
    "Question",
    "Resource",
    "Section",
    "SuggestedAmount",
    "Testimonial",
    "UpdateStatus",
]
