"""What people read: languages, templates, screens of the chat, letters."""
