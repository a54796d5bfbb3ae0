"""A simulated year: what people live through, what must be true then, and two worlds for it."""
