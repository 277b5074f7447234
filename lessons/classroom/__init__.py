"""A class: who has passed what, and the first notebooks from a laptop."""
