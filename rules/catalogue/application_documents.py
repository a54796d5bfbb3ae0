"""The documents asked of a candidate, in their order."""

from typing import Final

from rules.catalogue import reasons
from rules.catalogue.shapes import THREE_MONTHS, CatalogueDocument, note, words
from rules.vocabulary import WorkStatus

_LINK: Final = (
    "code du travail, L1221-6 ; CNIL, guide du recrutement",
    "code du travail, L1221-6; CNIL recruitment guide",
)

APPLICATION_DOCUMENTS: Final = (
    CatalogueDocument(
        key="sirene_notice",
        statuses=(WorkStatus.INDEPENDENT,),
        max_pages=3,
        validity_days=THREE_MONTHS,
        records=("number", "date"),
        reasons=reasons.OF_A_COMPANY,
        label=words("Avis de situation SIRENE", "SIRENE notice"),
        help=words(
            "Un PDF gratuit du site de l’INSEE, de moins de 3 mois. Il montre que votre "
            "entreprise existe et porte votre SIRET.",
            "A free PDF from the INSEE web site, less than 3 months old. It shows that your "
            "business exists, and your SIRET.",
        ),
        note=note(
            "Vérifier que le SIRET est celui de la réponse. Les 3 mois sont un usage, "
            "non une règle.",
            "Check that the SIRET is the one in the answer. The 3 months are a custom, "
            "not a rule.",
            source=("INSEE, répertoire SIRENE", "INSEE, SIRENE register"),
        ),
    ),
    CatalogueDocument(
        key="sap_declaration",
        statuses=(WorkStatus.INDEPENDENT,),
        required=False,
        asks_expiry=True,
        records=("number", "expiry", "activity"),
        reasons=reasons.OF_A_COMPANY,
        label=words(
            "Déclaration ou agrément services à la personne",
            "Declaration or agrément for personal services",
        ),
        help=words(
            "Le récépissé de déclaration, ou l’arrêté d’agrément, à votre nom ou à celui de "
            "votre entreprise. Il ouvre un crédit d’impôt à vos clients.",
            "The receipt of your declaration, or the agrément order, in your name or your "
            "business’s. It gives your clients a tax credit.",
        ),
        note=note(
            "La déclaration est libre ; l’agrément est exigé pour certaines activités auprès "
            "de publics fragiles.",
            "The declaration is optional; the agrément is required for some activities with "
            "vulnerable people.",
            source=("code du travail, L7232-1 et D7231-1", "code du travail, L7232-1, D7231-1"),
        ),
    ),
    CatalogueDocument(
        key="work_certificates",
        statuses=(WorkStatus.EMPLOYEE,),
        max_pages=20,
        reasons=reasons.ALWAYS,
        label=words("Certificats de travail", "Certificates of employment"),
        help=words(
            "Ceux de vos anciens employeurs, par exemple les deux derniers. "
            "Ils montrent votre expérience.",
            "Those of your former employers, for example the last two. They show your experience.",
        ),
        note=note(
            "L’expérience professionnelle est en lien direct avec l’emploi ; ne pas demander de "
            "bulletins de paie.",
            "Work experience has a direct link with the job; do not ask for pay slips.",
            source=_LINK,
        ),
    ),
    CatalogueDocument(
        key="cv",
        required=False,
        max_pages=5,
        reasons=reasons.ALWAYS,
        label=words("CV", "CV"),
        help=words(
            "Un PDF ou une photo, sur une ou deux pages. Pour connaître votre parcours.",
            "A PDF or a photo, one or two pages. To learn about your experience.",
        ),
        note=note(
            "Ni photo, ni âge, ni situation de famille ne peuvent être exigés.",
            "No photo, age or family situation may be required.",
            source=_LINK,
        ),
    ),
    CatalogueDocument(
        key="training_certificate",
        required=False,
        asks_expiry=True,
        records=("title", "date", "expiry"),
        reasons=reasons.DATED,
        label=words("Attestation de formation", "Training certificate"),
        help=words(
            "Par exemple : PSC1, SST, garde d’enfants, gestes et postures. "
            "Elle montre ce que vous savez faire.",
            "For example: PSC1 or SST first aid, child care, safe lifting. "
            "It shows what you can do.",
        ),
        note=note(
            "Noter l’intitulé, la date et, s’il y en a une, la fin de validité. À exiger "
            "seulement si l’activité le demande.",
            "Note the title, the date and, if there is one, the end of validity. To be required "
            "only if the activity needs it.",
            source=_LINK,
        ),
    ),
    CatalogueDocument(
        key="diploma",
        required=False,
        records=("title", "date"),
        reasons=reasons.ALWAYS,
        label=words("Diplôme", "Diploma"),
        help=words(
            "Une photo ou un PDF du diplôme en lien avec votre travail, par exemple DEAES ou "
            "CAP AEPE. Un diplôme étranger convient aussi.",
            "A photo or PDF of a diploma for this work, for example DEAES or CAP AEPE. "
            "A diploma from abroad will do too.",
        ),
        note=note(
            "Noter l’intitulé et la date. À exiger seulement si l’activité le demande.",
            "Note the title and the date. To be required only if the activity needs it.",
            source=_LINK,
        ),
    ),
)
