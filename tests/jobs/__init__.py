"""The engine and its wakes, with a real Redis that comes and goes."""
