"""Start programs, read what they print, and end them."""
