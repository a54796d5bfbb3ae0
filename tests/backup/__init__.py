"""Backups, restores, moves and keys."""
