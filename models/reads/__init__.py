"""Named reads that return plain values; every panel read takes the provider first."""
