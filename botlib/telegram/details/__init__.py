"""What supports the Telegram adapters: calls, and requests that end. Read it when you need it."""
