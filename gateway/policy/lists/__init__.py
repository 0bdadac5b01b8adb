"""Whole lists: what a query asks of them, what they answer, and how a write changes them."""
