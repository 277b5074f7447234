"""What supports the bot and its adapters: settings, files, HTTP. Read it when you need it."""
