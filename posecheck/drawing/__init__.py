"""What is drawn over a frame, piece by piece; `posecheck.annotate` puts the pieces together. OpenCV lives here."""
