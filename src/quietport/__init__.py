"""quietport: what every port should be, what is there, what changed, and what it means."""

__version__ = "0.1.0"
