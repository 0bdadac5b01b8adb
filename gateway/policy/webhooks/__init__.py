"""Telling subscribers: who they are, what they get, when it is tried again, and where it may go."""
