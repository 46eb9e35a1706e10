"""The studio: a parametric figure with exactly known joint angles, rendered from any camera."""
