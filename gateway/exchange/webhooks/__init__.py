"""Deliveries at work: from the outbox through lanes to receivers, and what becomes of those that fail."""
