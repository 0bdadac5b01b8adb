"""Requests that are answered later: what a job is, where it stands, and what is told of it."""
