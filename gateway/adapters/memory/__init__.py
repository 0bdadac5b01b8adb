"""Entries, spent quota, records and daily totals in this process: fast, bounded by bytes, gone with the process."""

from gateway.adapters.memory.entries import LARGEST_PART, Eviction, MemoryEntries
from gateway.adapters.memory.ledger import MemoryLedger
from gateway.adapters.memory.records import MemoryRecords
from gateway.adapters.memory.usage import MemoryUsage

__all__ = ("LARGEST_PART", "Eviction", "MemoryEntries", "MemoryLedger", "MemoryRecords", "MemoryUsage")
