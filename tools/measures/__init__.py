"""What `make bench` measures, each part in a process of its own: a process knows one database."""
