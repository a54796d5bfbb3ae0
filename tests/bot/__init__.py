"""The candidate’s space, through a real bot API."""
