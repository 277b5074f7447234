"""Deployment guides and their commands: from this machine to where a bot will live."""
