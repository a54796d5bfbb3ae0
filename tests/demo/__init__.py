"""The demo: its command, and the past that it makes up."""
