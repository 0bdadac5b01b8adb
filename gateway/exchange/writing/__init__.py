"""Writes: sent once, and taken into what is stored."""
