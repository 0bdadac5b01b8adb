"""The line before the upstream: who waits, who may leave, and what was spent."""
