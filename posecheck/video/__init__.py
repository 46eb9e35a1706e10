"""Clips in and out: the only place that imports PyAV for files."""

from posecheck.video.reader import ClipHeader, ClipReader, Frame
from posecheck.video.writer import ClipWriter

__all__ = ["ClipHeader", "ClipReader", "ClipWriter", "Frame"]
