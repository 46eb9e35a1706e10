"""posecheck: is the position right, what to correct first, and how long has it been held."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("posecheck")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0"
