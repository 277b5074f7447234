"""The ways out: what carries a bot from this machine to where it will live."""
