"""Named reads that return plain values."""
