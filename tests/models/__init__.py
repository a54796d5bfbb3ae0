"""The database itself: transactions, guards, migrations."""
