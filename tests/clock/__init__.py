"""The deletion clock on a real database: nightly runs, erasure, the bin."""
