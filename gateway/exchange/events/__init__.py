"""Finding out what has changed, and making it known."""
