"""Stored responses: what may be stored, for whom, how long it is good, and what makes it invalid (RFC 9111)."""
