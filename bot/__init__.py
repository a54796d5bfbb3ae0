"""The candidate's door: Telegram updates in, screens out."""
