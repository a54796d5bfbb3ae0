"""What people read: languages, chat screens, letters. Knows rules and jinja2, nothing else."""
