"""The demo's season: who applied where in the last eight weeks, and what became of them."""

from seed.cast import EMPLOYEE, Person
from seed.stories import (
    Telling,
    about_to_be_accepted,
    accepted,
    accepted_all_the_same,
    asks,
    binned,
    corrected,
    in_review,
    kept_longer,
    lacks_documents,
    lost_for_us,
    not_fluent,
    opened_only,
    stopped_at,
    to_correct,
    took_back,
    waits,
)

Season = tuple[tuple[Person, Telling], ...]

CHILDREN = ("child_care_over_3", "tutoring")
HOUSE = ("cleaning", "meal_delivery")
GARDEN = ("gardening", "small_repairs")

DOUCEUR: Season = (
    # With the operators: what waits for Odile and Oscar.
    (Person("Amina", "Benali"), in_review(3)),
    (Person("Fatou", "Diallo", EMPLOYEE, CHILDREN, "38100"), waits(6, 2)),
    (Person("Lucas", "Martin", activities=HOUSE, postal_code="38130"), waits(4)),
    (Person("Thi Mai", "Nguyen", EMPLOYEE, HOUSE, "38240"), waits(2)),
    (
        Person("Grace", "Owusu", activities=CHILDREN, language="en"),
        asks(3, "Hello, my SAP declaration is being renewed. May I send the receipt?"),
    ),
    (
        Person("Yann", "Le Goff", activities=("it_help", "tutoring"), postal_code="69003"),
        asks(
            5,
            "Bonjour, est-il possible de commencer seulement en janvier ?",
            "Bonjour Yann, oui, sans problème : indiquez-le dans vos disponibilités.",
            "Parfait, merci beaucoup !",
        ),
    ),
    (Person("Inès", "Moreau", postal_code="38400"), corrected(9, "blurred", "illegible")),
    (Person("Camille", "Roux", EMPLOYEE, CHILDREN), corrected(12, "cropped", "incomplete")),
    (Person("Élodie", "Garnier", postal_code="38600"), about_to_be_accepted(5)),
    # With the candidates: incomplete, at every point of the way.
    (Person("Bruno", "Kowalski", EMPLOYEE, HOUSE), lacks_documents(40, 1)),
    (Person("", ""), opened_only(1)),
    (Person("Noah", "Petit", EMPLOYEE, HOUSE), stopped_at(0, 3)),
    (Person("Priya", "Sharma", activities=CHILDREN, language="en"), stopped_at(2, 6)),
    (Person("Ousmane", "Sy", activities=GARDEN, postal_code="73000"), lacks_documents(3, 2)),
    (Person("Léa", "Fontaine", EMPLOYEE, CHILDREN), lacks_documents(8, 1)),
    (
        Person("Nadia", "Bouzid", postal_code="38100"),
        lacks_documents(7, 2, "Bonjour, où trouver la déclaration services à la personne ?"),
    ),
    (
        Person(
            "Marie-Antoinette Henriette",
            "de Saint-Exupéry-Vanderbeke de La Tour d’Auvergne",
            postal_code="38240",
        ),
        lacks_documents(14, 3),
    ),
    (
        Person("Viktor", "Ivanov", EMPLOYEE, HOUSE, answers={"speaks_french": False}),
        not_fluent(10),
    ),
    (Person("Zoé", "Lefèvre", activities=CHILDREN), took_back(2)),
    (Person("Hugo", "Bernard", activities=GARDEN), lacks_documents(39, 2)),
    (Person("Maëlys", "Caron", EMPLOYEE, CHILDREN, "38130"), stopped_at(37, 7)),
    (Person("Samuel", "Mbeki", EMPLOYEE, HOUSE, language="en"), stopped_at(36, 8)),
    (Person("Chiara", "Rossi", activities=CHILDREN), kept_longer(34, 40)),
    (Person("Tiago", "Lopes", EMPLOYEE, GARDEN), lost_for_us(46, 2)),
    (
        Person(
            "Anaïs",
            "Robin",
            postal_code="73000",
            answers={"email": "anais.robin@nowhere.example.org"},
        ),
        lost_for_us(45, 6),
    ),
    # Deleted by the clock on the way: nothing is left of them but an anonymous line.
    (Person("Jules", "Vidal", EMPLOYEE, HOUSE), stopped_at(54, 4)),
    (Person("Rose", "Meyer", activities=CHILDREN), stopped_at(52, 9)),
    # To correct.
    (
        Person("Mehdi", "Haddad", activities=GARDEN),
        to_correct(8, "siret", "siret_differs", comment="Le reste est parfait."),
    ),
    (Person("Sophie", "Lambert", EMPLOYEE, CHILDREN), to_correct(6, "blurred", "illegible")),
    (
        Person("Daniel", "O’Connor", activities=("tutoring", "it_help"), language="en"),
        to_correct(11, "old", "expired", which=1),
    ),
    (
        Person("Aïcha", "Traoré", postal_code="38130"),
        to_correct(
            15,
            "name",
            "name_differs",
            "Le diplôme est au nom de Exemple : est-ce le vôtre ?",
            which=2,
        ),
    ),
    (
        Person("Clara", "Schmitt", EMPLOYEE, HOUSE, "69003"),
        to_correct(43, "cropped", "incomplete", comment="Il manque la deuxième page."),
    ),
    # Accepted.
    (
        Person("Paulo", "Ferreira", activities=GARDEN),
        accepted(
            38,
            comment="Bienvenue ! Votre planning arrive lundi.",
            admission=("vigilance_certificate", "liability_insurance", "identity_document"),
            reviewed=2,
        ),
    ),
    (
        Person("Katarzyna", "Wiśniewska", EMPLOYEE, CHILDREN, "38240"),
        accepted(33, admission=("identity_document",), reviewed=1),
    ),
    (Person("Rachid", "El Amrani", activities=HOUSE), accepted(27)),
    (Person("Julie", "Perrin", EMPLOYEE, CHILDREN), accepted(24, comment="À très vite !")),
    (Person("Sylvain", "Poulain", activities=HOUSE), accepted(41, left=6)),
    (
        Person("Kofi", "Mensah", activities=GARDEN, language="en"),
        accepted(19, admission=("liability_insurance",)),
    ),
    (Person("Emma", "Colin", EMPLOYEE, HOUSE, "38600"), accepted(13, confirms=False)),
    (
        Person("Thomas", "Leclerc", activities=("small_repairs", "gardening")),
        accepted(7, confirms=False),
    ),
    (
        Person("Salomé", "Dupuis", activities=CHILDREN),
        accepted_all_the_same(16, "Diplôme vu en original lors de l’entretien du matin."),
    ),
    # In the bin.
    (
        Person("Olivier", "Blanc", EMPLOYEE, HOUSE),
        binned(12, 4, "Nous cherchons des personnes plus proches de Grenoble."),
    ),
    (
        Person("Manon", "Guérin", activities=CHILDREN),
        binned(9, 2, "Les papiers envoyés ne sont pas à votre nom."),
    ),
)

VERT: Season = (
    (Person("Chloé", "Marchand", activities=GARDEN, postal_code="69003"), waits(2)),
    (Person("Gaël", "Rivière", activities=GARDEN, postal_code="69003"), accepted(20)),
    (Person("Mila", "Novak", EMPLOYEE, GARDEN, "69003"), lacks_documents(5, 1)),
    (
        Person("Antoine", "Brun", activities=GARDEN, postal_code="69003"),
        to_correct(10, "old", "expired", which=1),
    ),
    (Person("Sami", "Cherif", EMPLOYEE, GARDEN, "69003"), stopped_at(1, 5)),
)
