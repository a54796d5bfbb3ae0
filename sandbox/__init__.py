"""A local Telegram, for demonstrations and tests."""
