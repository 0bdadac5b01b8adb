"""A process that swaps without end and tells each swap once it is confirmed; tests kill it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from gateway.adapters.sqlite import SqliteEntries, SqliteFile, SqliteLedger
from gateway.policy.caching.entry import Selector
from tests.adapters.stores import NOW, SECRET, entry


async def main(path: Path) -> None:
    file = SqliteFile(path, on_error=print)
    await file.open()
    entries = SqliteEntries(file, max_bytes=1 << 20, seal_key=SECRET, clock=lambda: NOW, on_error=print)
    ledger = SqliteLedger(file)
    (state,) = (await ledger.read(["egress"])).states
    for number in range(int(state or 0), sys.maxsize):
        if not await ledger.swap(["egress"], [state], [str(number + 1)]):
            sys.exit("a swap was lost")
        state = str(number + 1)
        await entries.store(entry(f"k{number}"))
        if number % 3 == 2:
            await entries.drop(Selector(key=entry(f"k{number - 1}").key))
        sys.stdout.write(f"{number + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
