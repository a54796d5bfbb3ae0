"""The candidate's door: updates from Telegram in, screens out."""
