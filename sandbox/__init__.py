"""A local Telegram: the Bot API over HTTP, and a chat page to play the people who write to it."""
