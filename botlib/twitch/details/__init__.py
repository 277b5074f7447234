"""What supports the Twitch adapters: a connection, a channel, tokens. Read it when you need it."""
