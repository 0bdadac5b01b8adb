"""Reads of documented resources: from whole lists, runs of pages and single documents."""
