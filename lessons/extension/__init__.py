"""What `%load_ext lessons` adds to a notebook: %%save, short errors, forgiving cells."""
