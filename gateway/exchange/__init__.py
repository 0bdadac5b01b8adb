"""What happens: the async stages of one exchange, speaking only to ports."""
