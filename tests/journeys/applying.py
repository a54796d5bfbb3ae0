"""The way of an independent through the demo provider's application."""

from __future__ import annotations

from pathlib import Path

from tests import specimens
from tests.journeys.people import Candidate

SIRENE = "Avis de situation SIRENE"
DECLARATION = "Déclaration ou agrément services à la personne"
DIPLOMA = "Diplôme"


async def answers(
    amina: Candidate, first: str = "Amina", last: str = "Benali", email: str = "amina@example.org"
) -> None:
    """Every question, one of them wrongly at first."""
    await amina.hears("Bienvenue chez Douceur & Cie")
    await amina.presses("Commencer", then="Prénom")
    await amina.writes(first, then="Nom")
    await amina.writes(last, then="Adresse e-mail")
    await amina.writes("amina@exemple", then="⚠️")
    await amina.writes(email, then="statut")
    await amina.presses("Indépendant", then="français")
    await amina.presses("Oui", then="Touchez le bouton ci-dessous")
    await amina.presses("Partager mon numéro", then="Code postal")
    await amina.writes("69003", then="travailler en France")
    await amina.presses("européenne", then="Vos activités")
    await amina.ticks("Soutien scolaire")
    await amina.presses("Valider", then="isponib")
    await amina.ticks("Le samedi")
    await amina.presses("Valider", then="SIRET")
    await amina.writes("732 829 320 00074", then=SIRENE)


async def sends_documents(amina: Candidate, folder: Path) -> None:
    """A photo, an album of two photos, and a PDF; all three are found readable."""
    await amina.sends_photos(specimens.jpeg(folder), then="Reçu, 1 page")
    await amina.presses("C’est complet", then=DECLARATION)
    front = specimens.jpeg(folder, "recto.jpg")
    back = specimens.jpeg(folder, "verso.jpg", colour="ivory")
    await amina.sends_photos(front, back, then="Reçu, 2 pages")
    await amina.presses("C’est complet", then=DIPLOMA)
    await amina.sends_file(specimens.pdf(folder), then="Reçu, 1 page")
    await amina.sees_card("vous pouvez envoyer votre candidature")


async def submits(amina: Candidate) -> None:
    """Look at the whole once more, and send it."""
    await amina.presses("Relire et envoyer", then="Tout est là")
    await amina.presses("Envoyer ma candidature", then="Votre candidature est envoyée")
