from programs.models.content import (
    FundingNeed,
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
from programs.models.program import Program, ProgramStatus
from programs.models.update import ProgressUpdate, UpdateStatus

__all__ = [
    "FundingNeed",
    "KeyFigure",
    "Milestone",
    "Page",
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
