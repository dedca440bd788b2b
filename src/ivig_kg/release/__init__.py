"""Releases: one folder with all that a partner needs, and the checking of one that was received."""
