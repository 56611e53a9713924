"""What a demonstration shows beside the programme's own words: a drawing, and an update about the page."""

from typing import Final

from django.core.files.base import ContentFile

from programs.drawings import blood
from programs.models import Picture, Program, ProgressUpdate

_UPDATE_EN: Final = """
<p>The drawing at the head of the page is a family of blood cells. It begins with one stem cell, from which
all the others descend: red cells, white cells and platelets.</p>
<p>There are a hundred of them, and each stands for one percent of the target. A cell takes its colour when
gifts have paid for it; the cell that comes next is coloured as far as they reach.</p>
<p>A ring marks the cell where we would be today if the same sum had come in every day from the start.
Below the amount to fund, the page says how the total is made and how it has grown.</p>
"""
_UPDATE_FR: Final = """
<p>Le dessin en tête de page est une famille de cellules du sang. Elle commence par une cellule souche, dont
toutes les autres descendent : globules rouges, globules blancs et plaquettes.</p>
<p>Elles sont cent, et chacune vaut un pour cent de l’objectif. Une cellule se colore quand les dons l’ont
financée ; la suivante se colore à mesure qu’ils avancent.</p>
<p>Un anneau marque la cellule où nous serions aujourd’hui si la même somme était arrivée chaque jour depuis
le début. Sous le montant à financer, la page dit comment le total se compose et comment il a grandi.</p>
"""


def load(program: Program) -> None:
    """Add the drawing and the update where they are not there yet. Repeating it changes nothing."""
    if not program.pictures.exists():
        Picture(
            program=program,
            image=ContentFile(blood(3), name="blood.png"),
            focal_x=55,
            focal_y=36,
            alternative_text_en="Many red blood cells, three large white cells, a few platelets",
            alternative_text_fr="De nombreux globules rouges, trois grands globules blancs au noyau sombre, "
            "quelques plaquettes",
            caption_en="Red cells, white cells and platelets. A drawing, not a photograph.",
            caption_fr="Globules rouges, globules blancs et plaquettes. Un dessin, pas une photographie.",
        ).save()
    if not ProgressUpdate.objects.filter(program=program, slug_en="how-to-read-the-hundred-cells").exists():
        update = ProgressUpdate(
            program=program,
            title_en="How to read the hundred cells",
            title_fr="Comment lire les cent cellules",
            slug_en="how-to-read-the-hundred-cells",
            slug_fr="comment-lire-les-cent-cellules",
            body_en=_UPDATE_EN,
            body_fr=_UPDATE_FR,
            picture=ContentFile(blood(11, crowded=0.6), name="cells.png"),
            picture_focal_x=45,
            picture_alternative_text_en="Red cells, white cells and platelets, drawn in carmine on cream",
            picture_alternative_text_fr="Des globules rouges, des globules blancs et des plaquettes, "
            "en carmin sur fond crème",
        )
        update.save()
        update.publish()
