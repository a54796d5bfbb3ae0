"""The questions asked of a candidate, in their order."""

from typing import Final

from rules.catalogue import choices
from rules.catalogue.shapes import CatalogueField, note, words
from rules.vocabulary import WorkStatus

_CNIL: Final = ("CNIL, guide du recrutement", "CNIL (French data protection), recruitment guide")
_LINK: Final = (
    "code du travail, L1221-6 ; CNIL, guide du recrutement",
    "code du travail, L1221-6; CNIL recruitment guide",
)
_IDENTIFICATION: Final = note(
    "Identifier la personne qui postule et pouvoir lui répondre.",
    "To know who applies and to be able to answer.",
    source=_CNIL,
)

APPLICATION_FIELDS: Final = (
    CatalogueField(
        key="first_name",
        kind="text",
        core=True,
        limits={"max_length": 80, "name": True},
        label=words("Prénom", "First name"),
        help=words(
            "Par exemple : Amina. Pour savoir comment vous appeler.",
            "For example: Amina. So that we know what to call you.",
        ),
        note=_IDENTIFICATION,
    ),
    CatalogueField(
        key="last_name",
        kind="text",
        core=True,
        limits={"max_length": 80, "name": True},
        label=words("Nom", "Last name"),
        help=words(
            "Par exemple : Benali. Le même que sur vos documents.",
            "For example: Benali. The same as on your documents.",
        ),
        note=_IDENTIFICATION,
    ),
    CatalogueField(
        key="email",
        kind="email",
        core=True,
        label=words("Adresse e-mail", "E-mail address"),
        help=words(
            "Par exemple : amina@example.org. Pour vous envoyer la décision "
            "et activer votre compte.",
            "For example: amina@example.org. To send you the decision and activate your account.",
        ),
        note=note(
            "Envoyer les réponses et activer le compte.",
            "To send the answers and activate the account.",
            source=_CNIL,
        ),
    ),
    CatalogueField(
        key="work_status",
        kind="choice",
        choices=choices.WORK_STATUSES,
        label=words("Votre statut", "Your work status"),
        help=words(
            "Indépendant : vous avez un SIRET et vous facturez. Salarié : vous avez un contrat "
            "de travail. Les documents à envoyer en dépendent.",
            "Independent: you have a SIRET and send invoices. Employee: you have a contract of "
            "employment. The documents to send depend on it.",
        ),
        note=note(
            "Décide des informations et des documents demandés.",
            "Decides which details and documents are asked.",
            source=_LINK,
        ),
    ),
    CatalogueField(
        key="speaks_french",
        kind="yes_no",
        may_require=(True,),
        label=words("Parlez-vous français couramment ?", "Do you speak French fluently?"),
        help=words(
            "Vous comprenez et vous parlez avec les clients sans aide. "
            "Le travail se fait avec eux, en français.",
            "You understand and talk with clients without help. "
            "The work is done with them, in French.",
        ),
        unmet=words(
            "Pour ce travail, il faut parler français couramment. Nous ne pouvons donc pas "
            "continuer votre candidature pour le moment. Si vous vous êtes trompé de réponse, "
            "corrigez-la ; pour toute question, écrivez-nous.",
            "This work needs fluent French, so we cannot go on with your application for now. "
            "If you picked the wrong answer, correct it; if you have a question, write to us.",
        ),
        note=note(
            "Le niveau de français peut être exigé si le travail le demande ; jamais la "
            "nationalité ni la langue maternelle.",
            "Fluent French may be required where the work needs it; never a nationality or a "
            "mother tongue.",
            source=("code du travail, L1132-1 et L1221-6", "code du travail, L1132-1, L1221-6"),
        ),
    ),
    CatalogueField(
        key="phone",
        kind="phone",
        label=words("Téléphone", "Telephone"),
        help=words(
            "Par exemple : 06 12 34 56 78. Pour vous joindre si quelque chose presse.",
            "For example: 06 12 34 56 78. To reach you when something is urgent.",
        ),
        note=_IDENTIFICATION,
    ),
    CatalogueField(
        key="postal_code",
        kind="postal_code",
        label=words("Code postal", "Postal code"),
        help=words(
            "Par exemple : 69003. Pour vous proposer du travail près de chez vous.",
            "For example: 69003. To offer you work near your home.",
        ),
        note=note(
            "Le secteur suffit à ce stade ; l’adresse complète attend que la personne soit "
            "retenue.",
            "The area is enough at this stage; the full address waits until the person is "
            "retained.",
            source=_CNIL,
        ),
    ),
    CatalogueField(
        key="may_work_in_france",
        kind="choice",
        choices=choices.RIGHT_TO_WORK,
        may_require=("eu", "permit"),
        label=words("Pouvez-vous travailler en France ?", "May you work in France?"),
        help=words(
            "Choisissez la phrase qui vous correspond. Nous ne demandons pas votre nationalité.",
            "Choose the sentence that fits you. We do not ask for your nationality.",
        ),
        unmet=words(
            "Pour travailler avec nous, il faut avoir le droit de travailler en France. Si vous "
            "vous êtes trompé de réponse, corrigez-la ; pour toute question, écrivez-nous.",
            "To work with us, you must be allowed to work in France. If you picked the wrong "
            "answer, correct it; if you have a question, write to us.",
        ),
        note=note(
            "Décide si un titre de séjour sera demandé. La nationalité et le lieu de naissance "
            "ne se demandent pas à un candidat.",
            "Decides whether a residence permit will be asked. Nationality and place of birth "
            "are not asked of a candidate.",
            source=("code du travail, L1132-1 et L8251-1 ; CNIL", "code du travail; CNIL"),
        ),
    ),
    CatalogueField(
        key="activities",
        kind="choices",
        choices=choices.ACTIVITIES,
        label=words("Vos activités", "Your activities"),
        help=words(
            "Choisissez tout ce que vous voulez faire. Cela nous dit quels clients vous proposer.",
            "Choose all that you want to do. It tells us which clients to offer you.",
        ),
        note=note(
            "Certaines activités auprès d’enfants de moins de 3 ans, de personnes âgées ou "
            "handicapées demandent un agrément ou une autorisation.",
            "Some activities with children under 3, elderly or disabled people need an agrément "
            "or an authorisation.",
            source=("code du travail, L7232-1 et D7231-1", "code du travail, L7232-1, D7231-1"),
        ),
    ),
    CatalogueField(
        key="availability",
        kind="choices",
        choices=choices.AVAILABILITY,
        label=words("Vos disponibilités", "When you are available"),
        help=words(
            "Choisissez tous les moments qui vous conviennent. Vous pourrez les changer.",
            "Choose all the times that suit you. You can change them later.",
        ),
        note=note(
            "Proposer des horaires qui conviennent ; ne pas demander pourquoi un horaire ne "
            "convient pas.",
            "To offer suitable hours; do not ask why an hour does not suit.",
            source=_LINK,
        ),
    ),
    CatalogueField(
        key="driving_licence",
        kind="yes_no",
        default_on=False,
        may_require=(True,),
        label=words("Avez-vous le permis de conduire ?", "Do you have a driving licence?"),
        help=words(
            "Le permis B, valable en France. Certains clients habitent loin des transports.",
            "A category B licence, valid in France. Some clients live far from public transport.",
        ),
        unmet=words(
            "Pour ce travail, il faut le permis de conduire. Si vous vous êtes trompé de "
            "réponse, corrigez-la ; pour toute question, écrivez-nous.",
            "This work needs a driving licence. If you picked the wrong answer, correct it; "
            "if you have a question, write to us.",
        ),
        note=note(
            "À demander seulement si le travail l’exige.",
            "To be asked only if the work needs it.",
            source=_LINK,
        ),
    ),
    CatalogueField(
        key="car",
        kind="yes_no",
        default_on=False,
        may_require=(True,),
        label=words("Avez-vous une voiture pour venir ?", "Do you have a car to come with?"),
        help=words(
            "Une voiture que vous pouvez prendre pour aller chez les clients.",
            "A car that you can take to go to clients.",
        ),
        unmet=words(
            "Pour ce travail, il faut une voiture. Si vous vous êtes trompé de réponse, "
            "corrigez-la ; pour toute question, écrivez-nous.",
            "This work needs a car. If you picked the wrong answer, correct it; if you have a "
            "question, write to us.",
        ),
        note=note(
            "À demander seulement si le travail l’exige.",
            "To be asked only if the work needs it.",
            source=_LINK,
        ),
    ),
    CatalogueField(
        key="siret",
        kind="siret",
        statuses=(WorkStatus.INDEPENDENT,),
        label=words("Numéro SIRET", "SIRET number"),
        help=words(
            "14 chiffres, par exemple : 732 829 320 00074. Il est sur votre avis de situation "
            "SIRENE et montre que votre entreprise existe.",
            "14 digits, for example: 732 829 320 00074. It is on your “avis de situation "
            "SIRENE” and shows that your business exists.",
        ),
        note=note(
            "Savoir qui est le fournisseur ; le numéro est public.",
            "To know who the supplier is; the number is public.",
            source=("INSEE, répertoire SIRENE", "INSEE, SIRENE register"),
        ),
    ),
)
