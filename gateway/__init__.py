"""A shared access point in front of the Intervals API."""

__version__ = "0.1.0"
