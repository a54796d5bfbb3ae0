"""The console script: what an installation is told to do. The only room that sees all others."""
