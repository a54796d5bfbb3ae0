"""Stories of several people, told to the product as it runs in production."""
