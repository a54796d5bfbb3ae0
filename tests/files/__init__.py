"""Files: sending, checking, storing, serving."""
