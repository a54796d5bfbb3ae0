"""Servers that fail around the running product; only `make chaos` runs these."""
