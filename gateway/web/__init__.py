"""How callers see it: the HTTP server edge."""
