"""Helpers for the people who develop the product."""
