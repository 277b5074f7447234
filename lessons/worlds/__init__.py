"""Where the bots of the notebooks run, and the chats in which they are tried."""
