"""The chat: one function per screen, from plain values to Screen."""
