"""A class on one machine: the page on which a teacher sees who has passed what."""
