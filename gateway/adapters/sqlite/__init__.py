"""Entries, spent quota, records and daily totals in one SQLite file: for one process, surviving kill -9."""

from gateway.adapters.sqlite.entries import SqliteEntries
from gateway.adapters.sqlite.file import SqliteFile
from gateway.adapters.sqlite.ledger import SqliteLedger
from gateway.adapters.sqlite.opening import UnusableFile
from gateway.adapters.sqlite.records import SqliteRecords
from gateway.adapters.sqlite.usage import SqliteUsage, read_file

__all__ = ("SqliteEntries", "SqliteFile", "SqliteLedger", "SqliteRecords", "SqliteUsage", "UnusableFile", "read_file")
