"""Explain why a bot did not reply, from what its log and the platform know."""
