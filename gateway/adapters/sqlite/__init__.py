"""Entries and spent quota in one SQLite file: for one gateway process, surviving restarts and kill -9."""

from gateway.adapters.sqlite.entries import SqliteEntries
from gateway.adapters.sqlite.file import SqliteFile
from gateway.adapters.sqlite.ledger import SqliteLedger
from gateway.adapters.sqlite.opening import UnusableFile

__all__ = ("SqliteEntries", "SqliteFile", "SqliteLedger", "UnusableFile")
