"""A candidate's page: its tabs, the deeds of operators on it, and the files it shows."""
