"""What we do: one function per deed, each one transaction."""
