"""The web process: Telegram's webhook, the panel, the public pages, the API."""
