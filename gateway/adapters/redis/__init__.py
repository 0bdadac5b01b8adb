"""Entries and spent quota in Redis (7 or later) or Valkey: shared by all replicas of the gateway."""

from gateway.adapters.redis.entries import RedisEntries
from gateway.adapters.redis.ledger import RedisLedger

__all__ = ("RedisEntries", "RedisLedger")
