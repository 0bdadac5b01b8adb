"""Usage put together: the metrics still hear everything, and the last counts are kept at the stop."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from gateway.adapters.sqlite import read_file
from gateway.app import counting
from gateway.app.stores import open_stores
from gateway.exchange.background import Background
from gateway.policy import catalogue
from gateway.policy.names import AccountName, AppName
from gateway.policy.quota.usage import Counts, Heading, Names, Usage
from gateway.ports import Watch
from tests.app.configured import Kept, settings
from tests.fakes.watch import FakeWatch

ACME, TOOL = AccountName("acme"), AppName("tool")


def test_what_the_metrics_are_told_is_what_happened() -> None:
    usage = Usage(Names(frozenset({ACME}), frozenset({TOOL}), frozenset(), frozenset()))
    alone = FakeWatch()
    both = counting.Counted(beside := FakeWatch(), usage)
    watches: list[Watch] = [alone, both]
    for watch in watches:
        watch.sent(ACME, TOOL, "client", "GET")
        watch.answered(ACME, 200, None, "client", 0.1)
        watch.invalidated("client", "write")
        watch.foreign(ACME, 3)
        watch.verified("client", "same")
    assert vars(beside) == vars(alone)
    assert usage.take() == {Heading("acme", "tool", "other", "other"): Counts(sent=1)}


async def test_the_last_counts_are_kept_at_the_stop(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    of = settings(tmp_path, store__url=f"sqlite:///{path}")
    log, rows = Kept(of).log, catalogue.load({})
    background = Background(lambda name, error: None)
    async with AsyncExitStack() as stack:
        stores = await open_stores(of, log, stack)
        recorder = counting.recorder(of, rows, stores, background=background, log=log, stack=stack)
        for app in (TOOL, "gateway", "unknown"):
            recorder.counted.sent(ACME, app, "client", "GET")
    kept = {row.heading: row.counts for row in read_file(path, "2000-01-01")}
    assert kept == {Heading("acme", app, "client", "GET"): Counts(sent=1) for app in ("tool", "gateway", "other")}
