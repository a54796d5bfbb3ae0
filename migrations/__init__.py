"""Migrations of the database, one set for SQLite and PostgreSQL."""
