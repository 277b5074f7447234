"""Start a bot in any language for a test, and lead it to the sandbox."""
