"""All that is kept, in Redis (7 or later) or Valkey: shared by all replicas of the gateway."""

from gateway.adapters.redis.channel import RedisChannel
from gateway.adapters.redis.entries import RedisEntries
from gateway.adapters.redis.fills import RedisFills
from gateway.adapters.redis.ledger import RedisLedger
from gateway.adapters.redis.records import RedisRecords
from gateway.adapters.redis.usage import RedisUsage

__all__ = ("RedisChannel", "RedisEntries", "RedisFills", "RedisLedger", "RedisRecords", "RedisUsage")
