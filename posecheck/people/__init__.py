"""Two people in one picture: where to look for each, how likely a find is one body, who is who over time."""
