"""A purge, from what was asked for to what is gone, counted and logged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.adapters.memory import MemoryEntries
from gateway.app import purging
from gateway.exchange.cache import Cache
from gateway.exchange.rendering import Rendition
from gateway.policy import catalogue
from gateway.policy.caching import cachekey
from gateway.policy.caching.purge import Purge
from gateway.policy.names import AccountName, CacheKey
from gateway.web.identity import basic
from tests.adapters.stores import entry
from tests.app.configured import TOKEN, Kept, settings
from tests.fakes.watch import FakeWatch

ACME, GLOBEX = AccountName("acme"), AccountName("globex")
ROWS = catalogue.load()
HEX = "0123456789abcdef" * 4


class House:
    """A cache with four entries, and what watches it."""

    def __init__(self, folder: Path) -> None:
        of = settings(folder)
        self.owners = purging.owners(of)
        self.kept = Kept(of)
        self.watch = FakeWatch()
        self.memory = MemoryEntries[Rendition](1 << 20)
        match = ROWS.match("/client/5/")
        partition = self.owners[ACME]
        assert match is not None
        assert partition is not None
        self.memory.keep(replace(entry(), key=cachekey.document_key(partition, match, "")))
        self.memory.keep(entry(HEX, resource="task"))
        self.memory.keep(entry("c", account="globex"))
        self.memory.keep(entry("d", account="globex", resource="other"))
        cache = Cache(self.memory, None)
        self.purge = purging.Purging(cache, rows=ROWS, owners=lambda: self.owners, watch=self.watch, log=self.kept.log)


def test_partitions_are_known_where_nobody_brings_a_credential(tmp_path: Path) -> None:
    assert purging.owners(settings(tmp_path)) == {ACME: cachekey.partition(ACME, basic(TOKEN)), GLOBEX: None}
    passing = settings(tmp_path, apps__tool__passthrough="true")
    assert purging.owners(passing) == {ACME: None, GLOBEX: None}


@pytest.mark.parametrize(
    ("wanted", "dropped", "counted"),
    [
        (Purge(), 4, {*ROWS.resources, "other"}),
        (Purge(account=GLOBEX), 2, {*ROWS.resources, "other"}),
        (Purge(resource="client"), 2, {"client"}),
        (Purge(GLOBEX, "other"), 1, {"other"}),
        (Purge(key=HEX), 1, {"task"}),
        (Purge(GLOBEX, key=HEX), 0, {"task"}),
        (Purge(key="f" * 64), 0, set()),
        (Purge(key="/client/5/"), 2, {"client"}),
        (Purge(ACME, key="/client/5"), 1, {"client"}),
        (Purge(resource="task", key="/client/5/"), 0, set()),
    ],
)
async def test_what_goes_and_what_is_counted(tmp_path: Path, wanted: Purge, dropped: int, counted: set[str]) -> None:
    house = House(tmp_path)
    assert await house.purge(wanted) == dropped
    assert house.memory.entries == 4 - dropped
    assert sorted(house.watch.drops) == sorted((resource, "purge") for resource in counted)


async def test_each_purge_is_an_event_without_the_values_of_a_query(tmp_path: Path) -> None:
    house = House(tmp_path)
    await house.purge(Purge(ACME, key="/client/?search=Mustermann"))
    await house.purge(Purge())
    told = [
        {name: line[name] for name in ("event", "account", "resource", "key", "dropped")} for line in house.kept.lines()
    ]
    assert told == [
        {"event": "purged", "account": "acme", "resource": None, "key": "/client/", "dropped": 0},
        {"event": "purged", "account": None, "resource": None, "key": None, "dropped": 4},
    ]


async def test_the_endpoint_knows_the_names_of_the_configuration(tmp_path: Path) -> None:
    of = settings(tmp_path)
    memory = MemoryEntries[Rendition](1 << 20)
    api = purging.cache_api(
        lambda: of, memory=memory, cache=Cache(memory, None), rows=ROWS, watch=FakeWatch(), log=Kept(of).log
    )
    assert set(api.accounts()) == {"acme", "globex"}
    assert api.resources == {*ROWS.resources, "other"}
    assert await api.purge(Purge(key=CacheKey(HEX))) == 0
