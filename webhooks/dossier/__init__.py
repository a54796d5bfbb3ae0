"""The provider's own rules: what is asked, in which order, of whom, and when."""
