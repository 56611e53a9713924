from programs.views.home import home, root
from programs.views.manifest import manifest
from programs.views.page import page
from programs.views.preview import preview
from programs.views.program import program
from programs.views.updates import update, updates

__all__ = ["home", "manifest", "page", "preview", "program", "root", "update", "updates"]
