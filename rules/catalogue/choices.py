"""The lists that the catalogue's questions offer, and the activities that a provider declares."""

from typing import Final

from rules.answers.question import Choice
from rules.catalogue.shapes import words
from rules.vocabulary import WorkStatus


def _choice(key: str, fr: str, en: str) -> Choice:
    return Choice(key, words(fr, en))


ACTIVITIES: Final = (
    _choice("cleaning", "Ménage et repassage", "Cleaning and ironing"),
    _choice("child_care_over_3", "Garde d’enfants de 3 ans et plus", "Child care, 3 and over"),
    _choice("child_care_under_3", "Garde d’enfants de moins de 3 ans", "Child care, under 3"),
    _choice("elderly_care", "Aide aux personnes âgées", "Care of elderly people"),
    _choice("disability_care", "Aide aux personnes handicapées", "Care of disabled people"),
    _choice("gardening", "Jardinage", "Gardening"),
    _choice("small_repairs", "Petit bricolage", "Small repairs"),
    _choice("tutoring", "Soutien scolaire", "Tutoring"),
    _choice("meal_delivery", "Livraison de repas ou de courses", "Meal or grocery delivery"),
    _choice("it_help", "Aide informatique", "IT help"),
)

AVAILABILITY: Final = (
    _choice("weekday_mornings", "Le matin, en semaine", "Weekday mornings"),
    _choice("weekday_afternoons", "L’après-midi, en semaine", "Weekday afternoons"),
    _choice("weekday_evenings", "Le soir, en semaine", "Weekday evenings"),
    _choice("nights", "La nuit", "Nights"),
    _choice("saturdays", "Le samedi", "Saturdays"),
    _choice("sundays_holidays", "Le dimanche et les jours fériés", "Sundays and bank holidays"),
    _choice("school_holidays", "Pendant les vacances scolaires", "During school holidays"),
)

WORK_STATUSES: Final = (
    _choice(WorkStatus.INDEPENDENT, "Indépendant", "Independent"),
    _choice(WorkStatus.EMPLOYEE, "Salarié", "Employee"),
)

RIGHT_TO_WORK: Final = (
    _choice(
        "eu",
        "Oui, je suis de l’Union européenne, de l’EEE ou de Suisse",
        "Yes, I am from the European Union, the EEA or Switzerland",
    ),
    _choice("permit", "Oui, j’ai un titre qui le permet", "Yes, I have a permit for it"),
    _choice("no", "Non", "No"),
)

PROVIDER_ACTIVITIES: Final = (
    _choice("child_protection", "Protection de l’enfance", "Child protection"),
    _choice(
        "early_childhood_structure",
        "Structure d’accueil de la petite enfance (crèche…)",
        "Early childhood structure (nursery…)",
    ),
)
"""What a provider may declare to unblock an item that the law reserves."""

RECORDS: Final = {
    "type": words("Nature du document", "Type of document"),
    "number": words("Numéro", "Number"),
    "date": words("Date du document", "Date of the document"),
    "expiry": words("Date d’expiration", "Expiry date"),
    "title": words("Intitulé", "Title"),
    "holder": words("Titulaire", "Holder"),
    "activity": words("Activité couverte", "Activity covered"),
    "security_code": words("Code de sécurité", "Security code"),
    "checked_on": words("Date de la vérification", "Date of the check"),
}
"""What an operator may have to write down when verifying a document."""
