"""Pictures: what staff may send, what is kept of it, and the files that visitors are shown.

What is sent is thrown away: `cleaning` makes a master of its pixels alone. The master lies in private
storage under a name that says its content (`keeping`), and is never shown. What is public is made from
it, may be thrown away at any time, and is made again: one plain JPEG at once, and in the background
the widths, shapes and formats that `renditions` names and `rendering` makes.
"""

from programs.pictures.fields import PictureField, PictureFile, picture_of

__all__ = ["PictureField", "PictureFile", "picture_of"]
