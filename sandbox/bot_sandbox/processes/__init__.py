"""Keep programs running, read what they print, and end them."""
