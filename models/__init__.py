"""What is kept: tables by subject (`tables`), named reads (`reads`), the database itself."""
