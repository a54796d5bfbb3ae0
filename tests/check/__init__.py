"""`antichambre check`."""
