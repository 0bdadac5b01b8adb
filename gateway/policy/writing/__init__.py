"""Writes: what one did, how far it reaches, and whether it may be sent, or sent again."""
