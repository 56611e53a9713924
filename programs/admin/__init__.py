"""What staff edit: every word and number of the programmes, in both languages side by side."""

from programs.admin import page, parts, program, update

__all__ = ["page", "parts", "program", "update"]
