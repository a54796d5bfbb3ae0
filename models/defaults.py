"""Starting values of columns, as functions that migrations can name."""


def both_statuses() -> list[str]:
    """Independents and employees are accepted."""
    return ["independent", "employee"]


def usual_formats() -> list[str]:
    """What a phone or an office sends: photos and PDF."""
    return ["jpeg", "png", "heic", "webp", "pdf"]


def usual_remind_days() -> list[int]:
    """Days before a document's expiry on which it is asked again."""
    return [30, 10, 3]
