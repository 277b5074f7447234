"""Commands of `start.py` that need packages; each file runs as a program."""
