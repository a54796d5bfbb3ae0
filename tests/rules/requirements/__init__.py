"""Composing what a provider asks."""
