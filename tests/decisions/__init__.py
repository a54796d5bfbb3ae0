"""Verdicts, decisions, comments and replies, on a real database."""
