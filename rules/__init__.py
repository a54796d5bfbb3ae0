"""What is right: pure functions on plain values."""
