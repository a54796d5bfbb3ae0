"""Answers: one validator for each kind of field, and how their values are shown.

parse() takes what a form or a program sends, parse_text() what a person types in a chat. Both
return a normalised value that JSON can keep, or raise a Refusal that says how to put it right;
they raise nothing else, whatever they are given.
"""

from rules.answers.parsing import parse, parse_text
from rules.answers.question import (
    KINDS,
    SENSITIVE_KINDS,
    AnswerMissing,
    AnswerUnreadable,
    Choice,
    InvalidAnswer,
    Question,
    Value,
    Words,
    in_language,
)
from rules.answers.showing import display, masked

__all__ = [
    "KINDS",
    "SENSITIVE_KINDS",
    "AnswerMissing",
    "AnswerUnreadable",
    "Choice",
    "InvalidAnswer",
    "Question",
    "Value",
    "Words",
    "display",
    "in_language",
    "masked",
    "parse",
    "parse_text",
]
