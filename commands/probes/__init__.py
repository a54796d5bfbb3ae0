"""The probes of `antichambre check`, by subject; each looks at one thing and says how it is."""
