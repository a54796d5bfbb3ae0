"""Who applies in the demo: made-up people of all kinds, and what they answer."""

from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from rules.answers.tidy import fold
from rules.vocabulary import WorkStatus
from seed.specimens import made_up_siret

INDEPENDENT, EMPLOYEE = WorkStatus.INDEPENDENT, WorkStatus.EMPLOYEE
CITIES = {
    "38000": "Grenoble",
    "38400": "Saint-Martin-d’Hères",
    "38100": "Grenoble",
    "38130": "Échirolles",
    "38240": "Meylan",
    "38600": "Fontaine",
    "69003": "Lyon",
    "73000": "Chambéry",
}
STREETS = ("14 rue des Érables", "3 allée du Moulin", "27 cours Imaginaire", "8 place du Marché")
TRADES = {
    "elderly_care": "Aide à domicile",
    "child_care_over_3": "Garde d’enfants",
    "cleaning": "Agent d’entretien",
    "gardening": "Jardinier",
    "tutoring": "Soutien scolaire",
    "small_repairs": "Petit bricolage",
    "it_help": "Aide informatique",
}
TIMES = (
    ["weekday_mornings", "weekday_afternoons"],
    ["weekday_evenings", "saturdays"],
    ["weekday_mornings", "saturdays", "school_holidays"],
    ["weekday_afternoons", "sundays_holidays"],
)


@dataclass(frozen=True, slots=True)
class Person:
    """One applicant."""

    first_name: str
    last_name: str
    work_status: WorkStatus = INDEPENDENT
    activities: tuple[str, ...] = ("elderly_care", "cleaning")
    postal_code: str = "38000"
    language: str = "fr"
    answers: dict[str, Any] = field(default_factory=dict, hash=False)
    """Answers that differ from the usual ones."""

    @property
    def name(self) -> str:
        """First name and name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def number(self) -> int:
        """Always the same for the same person."""
        return crc32(self.name.encode())

    @property
    def siret(self) -> str:
        """A made-up number."""
        return made_up_siret(self.number)

    @property
    def phone(self) -> str:
        """A number of a range that is kept for fiction (ARCEP, numbering plan: 04 65 71 …)."""
        return f"+3346571{self.number % 10_000:04d}"

    @property
    def email(self) -> str:
        """An address of a domain that is kept for examples (RFC 2606)."""
        given = fold(self.first_name).split()[0]
        family = fold(self.last_name).replace("'", " ").replace("’", " ").split()[-1]
        plain = "".join(sign for sign in f"{given}.{family}" if sign.isalnum() or sign in ".-")
        return f"{plain}@example.org"

    def replies(self) -> dict[str, Any]:
        """What this person answers, by the question's key."""
        usual: dict[str, Any] = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.email,
            "work_status": str(self.work_status),
            "speaks_french": True,
            "phone": self.phone,
            "postal_code": self.postal_code,
            "may_work_in_france": "permit" if self.number % 5 == 0 else "eu",
            "activities": list(self.activities),
            "availability": TIMES[self.number % len(TIMES)],
        }
        if self.work_status is INDEPENDENT:
            usual["siret"] = self.siret
        return usual | self.answers
