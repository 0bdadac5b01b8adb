"""A running gateway that is given another configuration: what follows at once, what stays, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from gateway.app import Gateway
from gateway.settings import Settings, load
from gateway.simulator import Simulator
from tests.app.configured import CONFIG, KEY, OTHER_KEY, TOKEN, Kept, settings
from tests.journeys.waiting import until
from tests.simulator.asking import basic, small

NEW_KEY = "a-key-that-nobody-had-before"


class Place:
    """A gateway before a simulator, and its configuration file."""

    def __init__(self, folder: Path, upstream: str) -> None:
        self.text = CONFIG.replace("http://127.0.0.1:9/", upstream)
        self.path = folder / "config.toml"
        self.path.write_text(self.text, encoding="utf-8")
        self.kept = Kept(settings(folder))
        self.path.write_text(self.text, encoding="utf-8")
        self.gateway = Gateway(self.read(), self.kept.log, read=self.read)
        self.session = aiohttp.ClientSession()

    def read(self) -> Settings:
        return load(self.path, {})

    async def reload(self, *changes: tuple[str, str], more: str = "") -> tuple[int, dict[str, Any]]:
        """Change the file, and have it read."""
        for before, after in changes:
            assert before in self.text
            self.text = self.text.replace(before, after)
        self.text += more
        self.path.write_text(self.text, encoding="utf-8")
        async with self.session.post(self.gateway.operations_url + "-/reload") as answer:
            return answer.status, await answer.json()

    async def get(self, key: str = KEY, target: str = "client/", **fields: str) -> aiohttp.ClientResponse:
        async with self.session.get(self.gateway.url + target, headers={"X-Api-Key": key, **fields}) as answer:
            await answer.read()
            return answer

    async def operations(self, target: str) -> str:
        async with self.session.get(self.gateway.operations_url + target) as answer:
            return await answer.text()


@asynccontextmanager
async def place(folder: Path) -> AsyncIterator[tuple[Place, Simulator]]:
    async with Simulator(small()) as simulator:
        it = Place(folder, simulator.url)
        async with it.session, it.gateway:
            yield it, simulator


async def test_a_key_is_exchanged_and_what_was_a_hit_of_the_old_one_is_refused(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, simulator):
        for _ in range(3):  # the third is answered by the express lane
            assert (await it.get()).status == 200
        status, told = await it.reload((KEY, NEW_KEY))
        assert (status, told["changed"], told["needs_restart"]) == (200, ["apps.tool.key"], [])
        assert (await it.get()).status == 401
        answer = await it.get(NEW_KEY)
        assert answer.headers["Cache-Status"].startswith("intervals-gateway; hit"), "the cache was kept"
        assert len(simulator.arrivals()) == 1
    assert NEW_KEY.encode() not in it.kept.octets
    assert it.kept.events.count("reloaded") == 1


async def test_rules_of_an_app_hold_from_the_next_request_on(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, _):
        assert (await it.get()).status == 200
        await it.reload((f'key = "{KEY}"', f'key = "{KEY}"\nallow = ["POST time"]'))
        assert (await it.get()).status == 403


async def test_a_new_account_and_its_app_are_known_everywhere(tmp_path: Path) -> None:
    more = (
        f'[accounts.third]\nper_day = 70\ntoken = "globexadm01"\n[apps.third]\naccount = "third"\nkey = "{NEW_KEY}"\n'
    )
    async with place(tmp_path) as (it, _):
        status, told = await it.reload(more=more)
        assert (status, told["changed"]) == (200, ["accounts.third", "apps.third"])
        assert (await it.get(NEW_KEY)).headers["RateLimit"].count('"day";r=69;') == 1
        metrics = await it.operations("metrics")
        assert 'requests_total{app="third",code="200",method="GET",resource="client"} 1.0' in metrics
        assert 'refusals_total{app="third",reason="timed_out"} 0.0' in metrics
        assert 'quota_limit_requests{budget="third",window="day"} 70.0' in metrics
        assert '"third"' in await it.operations("api/quota")
        assert "third" in await it.operations("")
        assert '"app":"third"' in await it.operations("api/usage?by=app")
        async with it.session.delete(it.gateway.operations_url + "api/cache?account=third") as answer:
            assert (await answer.json())["dropped"] > 0


async def test_an_account_that_is_gone_is_shown_no_more(tmp_path: Path) -> None:
    gone = CONFIG[CONFIG.index("[apps.batch]") :]
    async with place(tmp_path) as (it, _):
        await it.get(OTHER_KEY, Authorization=basic(TOKEN))
        status, told = await it.reload((gone, ""), ("[accounts.globex]\n", ""))
        assert (status, told["changed"]) == (200, ["accounts.globex", "apps.batch"])
        assert (await it.get(OTHER_KEY)).status == 401
        assert "globex" not in await it.operations("api/quota")
        assert "quota_limit_requests" in await it.operations("metrics")


async def test_limits_of_the_day_and_of_the_line_follow(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, _):
        await it.reload(
            ("per_day = 6000", "per_day = 2"), ('patience = "20s"', 'patience = "20s"\nbacklog = 1'), more=""
        )
        assert (await it.get(target="time/1")).headers["RateLimit"].count('"day";r=1;') == 1
        await it.get(target="time/2")
        assert (await it.get(target="time/3")).status == 429
        await it.reload(("per_day = 2", "per_day = 3"))
        assert (await it.get(target="time/4")).status != 429


async def test_lifetimes_follow(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, simulator):
        await it.get(target="time/1")
        await it.reload(more='[resources.time]\nfresh = "0s"\nstale_while_revalidate = "0s"\n')
        await it.get(target="time/2")
        await it.get(target="time/2")
        assert len(simulator.arrivals()) == 3


async def test_a_wrong_file_changes_nothing_and_says_every_mistake(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, _):
        status, told = await it.reload(
            (KEY, NEW_KEY), ("weight = 3", "weight = 0"), ('priority = "batch"', 'prority = "batch"')
        )
        assert status == 422
        assert [mistake.split(": ")[1] for mistake in told["mistakes"]] == ["apps.batch.weight", "apps.batch.prority"]
        assert "did you mean 'priority'?" in told["mistakes"][1]
        assert (await it.get()).status == 200
        assert (await it.get(NEW_KEY)).status == 401
        assert "config_last_reload_successful 0.0" in await it.operations("metrics")
        it.text = it.text.replace("weight = 0", "weight = 4").replace("prority", "priority")
        assert (await it.reload())[0] == 200
        assert "config_last_reload_successful 1.0" in await it.operations("metrics")
    refused = next(line for line in it.kept.lines() if line["event"] == "reload_refused")
    assert refused["mistakes"] == told["mistakes"]
    assert NEW_KEY.encode() not in it.kept.octets


async def test_what_needs_a_restart_is_named_and_stays(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, _):
        status, told = await it.reload(('name = "office"', 'name = "elsewhere"'), ("weight = 3", "weight = 4"))
        assert (status, told["changed"], told["needs_restart"]) == (200, ["apps.batch.weight"], ["egress.name"])
        assert 'egress="office"' in await it.operations("metrics")


async def test_who_is_under_way_is_answered_by_the_old_rules(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, simulator):
        simulator.options.latency = 0.5
        under_way = asyncio.create_task(it.get())
        await until(simulator.arrivals)
        assert (await it.reload((KEY, NEW_KEY)))[0] == 200
        assert (await under_way).status == 200
        assert (await it.get()).status == 401


async def test_the_upstream_is_asked_about_the_accounts_there_are(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, simulator):
        assert simulator.arrivals(resource="quota") == []
        await it.reload(('reconcile = "0s"', 'reconcile = "600s"'))
        await until(lambda: simulator.arrivals(resource="quota"))
        await it.reload(("weight = 3", "weight = 5"))
        assert len(simulator.arrivals(resource="quota")) == 1, "nothing changed for it, so it asks nothing anew"


async def test_a_job_that_waits_for_a_good_token_is_tried_at_once_with_the_one_a_reload_brings(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, simulator):
        assert (await it.reload((TOKEN, "nobodystoken")))[0] == 200
        await it.get(target="client/", Prefer="respond-async")
        await until(lambda: [arrival.status for arrival in simulator.arrivals()] == [401])
        status, told = await it.reload(("nobodystoken", TOKEN))
        assert (status, told["changed"]) == (200, ["accounts.acme.token"])
        await until(lambda: [arrival.status for arrival in simulator.arrivals()] == [401, 200])


async def test_an_account_that_its_token_did_not_find_is_asked_again_with_another_one(tmp_path: Path) -> None:
    async with place(tmp_path) as (it, simulator):
        await it.reload((TOKEN, "inactiveac1"))
        assert (await it.get()).status == 401
        await it.get(target="client/5/", Prefer="respond-async")
        assert (await it.reload(("weight = 3", "weight = 4")))[0] == 200
        assert (await it.get()).status == 401, "the token is the same"
        assert len(simulator.arrivals()) == 1
        await it.reload(("inactiveac1", TOKEN))
        assert (await it.get()).status == 200
        await until(lambda: [arrival.target for arrival in simulator.arrivals()].count("/client/5/") == 1)
