"""What may be told of a bug of ours: where it is, never its text."""


def place_of(error: BaseException) -> str:
    """Class and line of an error. Its text is left out: that may hold personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} in {where}"
