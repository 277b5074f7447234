"""The parts of the command bot-sandbox."""
