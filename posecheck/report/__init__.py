"""A session as charts and as one self-contained page to read and to print."""
