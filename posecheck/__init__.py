"""posecheck: is the position right, what to correct first, and how long has it been held."""

__version__ = "0.1.0"
