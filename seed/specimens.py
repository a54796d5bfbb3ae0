"""The papers that the demo's people send: drawn, fictitious, and marked SPÉCIMEN."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from stdnum import luhn
from stdnum.fr import siret as siret_numbers

from seed.paper import GREY, Sheet

MARINE = (27, 54, 110)
GREEN = (24, 106, 82)
WINE = (122, 28, 52)
SLATE = (60, 72, 88)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose paper it is, and what is printed on it."""

    first_name: str
    last_name: str
    siret: str
    """14 digits; empty for employees."""
    city: str
    postal_code: str
    street: str
    trade: str
    """As an office would write it: Aide à domicile."""
    dated: date
    """The day of issue."""

    @property
    def name(self) -> str:
        """First name and name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def number(self) -> int:
        """A made-up number, always the same for the same person."""
        return sum(place * ord(sign) for place, sign in enumerate(self.name, 7)) % 90_000 + 10_000


Draw = Callable[[Holder], list[Sheet]]


def _day(day: date) -> str:
    return format_date(day, "d MMMM y", locale="fr_FR")


def _office(sheet: Sheet, name: str, under: str, colour: tuple[int, int, int]) -> None:
    """The head of an office's letter."""
    sheet.pen.rectangle((0, 0, sheet.width, 12), fill=colour)
    sheet.at((70, 70), name, 19, bold=True, colour=colour)
    sheet.at((70, 92), under, 11, colour=GREY)
    sheet.y = 128


def _title(sheet: Sheet, words: str, under: str = "") -> None:
    sheet.skip(34)
    sheet.centred(words, 21, bold=True)
    if under:
        sheet.centred(under, 13, colour=GREY)
    sheet.skip(14)


def sirene_notice(holder: Holder) -> list[Sheet]:
    """Avis de situation: the business, its SIRET, its address."""
    sheet = Sheet()
    _office(sheet, "RÉPERTOIRE DES ENTREPRISES", "Office fictif des statistiques", MARINE)
    _title(sheet, "AVIS DE SITUATION", f"au {_day(holder.dated)}")
    opened = holder.dated - timedelta(days=400 + holder.number % 900)
    sheet.line("Description de l’entreprise", 15, bold=True, colour=MARINE)
    sheet.rows(
        [
            ("Entreprise active depuis le", _day(opened)),
            ("Identifiant SIREN", siret_numbers.format(holder.siret)[:11]),
            ("Identifiant SIRET du siège", siret_numbers.format(holder.siret)),
            ("Dénomination", holder.name.upper()),
            ("Catégorie juridique", "1000 — Entrepreneur individuel"),
            ("Activité principale (APE)", f"88.10A — {holder.trade}"),
        ]
    )
    sheet.skip(20)
    sheet.line("Description de l’établissement", 15, bold=True, colour=MARINE)
    sheet.rows(
        [
            ("Établissement actif depuis le", _day(opened)),
            ("Adresse", f"{holder.street}, {holder.postal_code} {holder.city}"),
            ("Effectif salarié", "0 salarié"),
        ]
    )
    sheet.skip(20)
    sheet.line(
        "Les renseignements reproduits ici sont inventés. Cet avis ne vaut pas justificatif et "
        "n’a été délivré par aucune administration.",
        12,
        colour=GREY,
    )
    return [sheet.mark()]


def sap_declaration(holder: Holder) -> list[Sheet]:
    """Récépissé de déclaration, services à la personne."""
    sheet = Sheet(serif=True)
    _office(sheet, "Préfecture de démonstration", "Direction fictive de l’emploi", GREEN)
    _title(sheet, "Récépissé de déclaration", "d’un organisme de services à la personne")
    sheet.line(f"enregistré sous le numéro SAP {holder.siret[:9]}", 15, bold=True)
    sheet.skip(10)
    sheet.line(
        f"Le préfet de démonstration constate qu’une déclaration d’activité de services à la "
        f"personne a été déposée le {_day(holder.dated)} par {holder.name}, en qualité "
        f"d’entrepreneur individuel, pour l’organisme {holder.name.upper()}, dont "
        f"l’établissement est situé {holder.street}, {holder.postal_code} {holder.city}."
    )
    sheet.skip(16)
    sheet.line("Activités relevant de la déclaration :", 14, bold=True)
    for activity in (holder.trade, "Entretien de la maison", "Livraison de courses à domicile"):
        sheet.line(f"— {activity}", x=96)
    sheet.skip(16)
    sheet.line(
        f"Fait à {holder.city}, le {_day(holder.dated)}. Valable jusqu’au "
        f"{_day(holder.dated + timedelta(days=5 * 365))}."
    )
    sheet.stamp((560, 800), ("PRÉFECTURE", "de démonstration"), GREEN)
    sheet.signature((430, 850), f"prefet{holder.number}")
    return [sheet.mark()]


def diploma(holder: Holder) -> list[Sheet]:
    """A diploma, in a frame."""
    sheet = Sheet(paper=(252, 248, 236), serif=True)
    for inset, thickness in ((38, 3), (48, 1)):
        box = (inset, inset, sheet.width - inset, sheet.image.height - inset)
        sheet.pen.rectangle(box, outline=WINE, width=thickness)
    sheet.y = 110
    sheet.centred("ACADÉMIE DE DÉMONSTRATION", 17, bold=True, colour=WINE)
    sheet.centred("Ministère imaginaire de l’Éducation", 13, colour=GREY)
    sheet.skip(70)
    title = _DIPLOMAS[holder.number % len(_DIPLOMAS)]
    sheet.centred("DIPLÔME", 40, bold=True, colour=WINE)
    sheet.skip(16)
    for line in title:
        sheet.centred(line, 19, bold=True)
    sheet.skip(46)
    sheet.centred("est décerné à", 14, colour=GREY)
    sheet.skip(10)
    sheet.centred(holder.name, 27 if len(holder.name) < 30 else 17, bold=True)
    sheet.skip(36)
    sheet.centred("avec tous les droits qui y sont attachés", 14)
    sheet.centred(f"{holder.city}, le {_day(holder.dated - timedelta(days=1600))}", 14)
    sheet.at((110, 905), f"N° {holder.number}-DEMO", 12, colour=GREY)
    sheet.stamp((200, 800), ("ACADÉMIE", "de démonstration"), WINE)
    sheet.signature((440, 820), f"recteur{holder.number}")
    sheet.at((440, 870), "Le recteur", 12, colour=GREY)
    return [sheet.mark()]


_DIPLOMAS = (
    ("Accompagnant éducatif et social", "Vie à domicile"),
    ("Certificat d’aptitude professionnelle", "Accompagnant petite enfance"),
    ("Titre professionnel", "Assistant de vie aux familles"),
    ("Brevet professionnel", "Aménagements paysagers"),
)
_EMPLOYERS = ("Les Tilleuls SARL", "Maison Ferrand", "Association Grand Âge 38", "Clair Logis")


def work_certificates(holder: Holder) -> list[Sheet]:
    """Two certificates of former employers, one page each."""
    return [_work_certificate(holder, turn) for turn in (0, 1)]


def _work_certificate(holder: Holder, turn: int) -> Sheet:
    employer = _EMPLOYERS[(holder.number + turn) % len(_EMPLOYERS)]
    left = holder.dated - timedelta(days=90 + 800 * turn)
    came = left - timedelta(days=500 + holder.number % 300)
    sheet = Sheet(serif=True)
    sheet.at((70, 80), employer, 17, bold=True, colour=SLATE)
    sheet.at((70, 102), f"12 rue Imaginaire, {holder.postal_code} {holder.city}", 12, colour=GREY)
    sheet.y = 170
    _title(sheet, "CERTIFICAT DE TRAVAIL")
    sheet.line(
        f"Je soussigné, représentant {employer}, certifie avoir employé {holder.name} en qualité "
        f"de {holder.trade.lower()}, du {_day(came)} au {_day(left)}."
    )
    sheet.skip(12)
    sheet.line("L’intéressé nous quitte libre de tout engagement.")
    sheet.skip(12)
    sheet.line(f"Fait à {holder.city}, le {_day(left)}, pour servir et valoir ce que de droit.")
    sheet.signature((430, 640), f"{employer}{holder.number}")
    sheet.at((430, 600), "La direction", 13)
    sheet.stamp((200, 680), (employer.split()[0].upper(), "fictif"), SLATE)
    return sheet.mark()


def training_certificate(holder: Holder) -> list[Sheet]:
    """First aid, with its end of validity."""
    sheet = Sheet()
    _office(sheet, "Centre Secours & Gestes", "Organisme de formation inventé", WINE)
    _title(sheet, "ATTESTATION DE FORMATION", "Prévention et secours civiques de niveau 1 (PSC1)")
    sheet.rows(
        [
            ("Titulaire", holder.name),
            ("Formation suivie le", _day(holder.dated)),
            ("Durée", "7 heures"),
            ("Lieu", f"{holder.city} ({holder.postal_code})"),
            ("Fin de validité", _day(holder.dated + timedelta(days=730))),
            ("Numéro", f"PSC1-{holder.number}-DEMO"),
        ]
    )
    sheet.skip(30)
    sheet.line("Le titulaire a montré qu’il sait alerter, protéger et secourir.")
    sheet.stamp((190, 700), ("SECOURS", "& Gestes"), WINE)
    sheet.signature((430, 700), f"formateur{holder.number}")
    sheet.at((430, 750), "Le formateur", 12, colour=GREY)
    return [sheet.mark()]


def cv(holder: Holder) -> list[Sheet]:
    """One page, no photo, no age."""
    sheet = Sheet()
    sheet.pen.rectangle((0, 0, 210, sheet.image.height), fill=(233, 240, 238))
    sheet.at((236, 84), holder.name, 27 if len(holder.name) < 26 else 15, bold=True, colour=GREEN)
    sheet.at((236, 112), holder.trade, 15, colour=GREY)
    for row, words in enumerate((holder.city, "06 00 00 00 00", "permis B")):
        sheet.at((28, 90 + 28 * row), words, 12)
    sheet.at((28, 220), "Langues", 13, bold=True, colour=GREEN)
    sheet.at((28, 246), "Français courant", 12)
    sheet.at((28, 268), "Anglais : bases", 12)
    sheet.y = 140
    sheet.line("Expérience", 16, bold=True, colour=GREEN, x=236)
    for turn, employer in enumerate(_EMPLOYERS[:3]):
        year = holder.dated.year - 2 * turn
        sheet.skip(8)
        sheet.line(f"{year - 2} – {year}   {employer}", 13, bold=True, x=236)
        sheet.line("Ménage, repas, accompagnement, courses, petits travaux.", 12, x=236)
    sheet.skip(18)
    sheet.line("Formation", 16, bold=True, colour=GREEN, x=236)
    sheet.line(" — ".join(_DIPLOMAS[holder.number % len(_DIPLOMAS)]), 12, x=236)
    sheet.line("Gestes et postures, premiers secours", 12, x=236)
    sheet.skip(18)
    sheet.line("Atouts", 16, bold=True, colour=GREEN, x=236)
    sheet.line("Ponctualité, discrétion, bonne humeur.", 12, x=236)
    return [sheet.mark()]


def vigilance_certificate(holder: Holder) -> list[Sheet]:
    """Attestation de vigilance, with its code."""
    sheet = Sheet()
    _office(sheet, "Caisse de démonstration", "Recouvrement imaginaire", MARINE)
    _title(sheet, "ATTESTATION DE VIGILANCE", f"Situation au {_day(holder.dated)}")
    sheet.rows(
        [
            ("Entreprise", holder.name.upper()),
            ("SIRET", siret_numbers.format(holder.siret)),
            ("Code de sécurité", f"DEMO{holder.number}XQ7"),
            ("Valable jusqu’au", _day(holder.dated + timedelta(days=184))),
        ]
    )
    sheet.skip(26)
    sheet.line("L’entreprise est à jour de ses obligations en matière de cotisations.")
    sheet.signature((430, 640), f"caisse{holder.number}")
    return [sheet.mark()]


def liability_insurance(holder: Holder) -> list[Sheet]:
    """Professional liability, one year."""
    sheet = Sheet(serif=True)
    _office(sheet, "Mutuelle des Exemples", "Assureur qui n’existe pas", SLATE)
    _title(sheet, "Attestation d’assurance", "Responsabilité civile professionnelle")
    sheet.line(
        f"La Mutuelle des Exemples atteste que {holder.name}, {holder.trade.lower()}, est "
        f"garanti du {_day(holder.dated)} au {_day(holder.dated + timedelta(days=365))} par le "
        f"contrat n° {holder.number}-RC-DEMO."
    )
    sheet.rows([("Dommages corporels", "8 000 000 €"), ("Dommages matériels", "1 500 000 €")])
    sheet.stamp((200, 640), ("MUTUELLE", "des Exemples"), SLATE)
    sheet.signature((430, 640), f"mutuelle{holder.number}")
    return [sheet.mark()]


def identity_document(holder: Holder) -> list[Sheet]:
    """A card that no country issues."""
    sheet = Sheet((700, 440), paper=(226, 238, 246))
    sheet.pen.rectangle((0, 0, 700, 62), fill=MARINE)
    sheet.at((26, 40), "CARTE D’IDENTITÉ DE DÉMONSTRATION", 20, bold=True, colour=(255, 255, 255))
    sheet.pen.rectangle((30, 96, 200, 320), fill=(196, 208, 218), outline=MARINE, width=2)
    sheet.pen.ellipse((80, 136, 150, 214), fill=(150, 166, 180))
    sheet.pen.pieslice((52, 226, 178, 400), 180, 360, fill=(150, 166, 180))
    for row, (name, value) in enumerate(
        (
            ("Nom", holder.last_name.upper()),
            ("Prénom", holder.first_name),
            ("Commune", holder.city),
            ("Numéro", f"DEMO{holder.number}"),
            ("Expire le", _day(holder.dated + timedelta(days=2200))),
        )
    ):
        sheet.at((230, 116 + 46 * row), name, 11, colour=GREY)
        sheet.at((230, 136 + 46 * row), value, 17 if len(value) < 32 else 11, bold=True)
    sheet.at((30, 396), "IDDEMO<<<<<<<<<<<<<<<<<<<<<<<<<<SPECIMEN<<00", 15, colour=SLATE)
    return [sheet.mark()]


DRAWN: dict[str, Draw] = {
    "sirene_notice": sirene_notice,
    "sap_declaration": sap_declaration,
    "diploma": diploma,
    "work_certificates": work_certificates,
    "training_certificate": training_certificate,
    "cv": cv,
    "vigilance_certificate": vigilance_certificate,
    "liability_insurance": liability_insurance,
    "identity_document": identity_document,
}
"""How each document of the demo's providers is drawn."""


def made_up_siret(number: int) -> str:
    """14 digits with the right check digits, of a series that no business has (it begins by 0)."""
    siren = f"0{(number * 7919 + 4_271_396) % 10_000_000:07d}"
    siren += luhn.calc_check_digit(siren)
    establishment = f"{siren}0001"
    return establishment + luhn.calc_check_digit(establishment)
