"""Whatever is asked, however it is spelt, by whom and after which writes: the answer is the service's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from gateway.policy.catalogue import Resource
from tests.exchange.conftest import VirtualTimeLoop
from tests.fakes.exchange import ROWS, Exchange, caller
from tests.fakes.service import ServiceUpstream
from tests.simulator.asking import ask, rows

TOKENS = ("acmeadmin01", "acmemanag01", "acmeresou01", "acmeexecu01", "acmerestr01")
WRITERS = TOKENS[:2]
READ = [name for name, row in ROWS.resources.items() if row.never is None and name != "timer"]
WHOLE = [name for name in READ if ROWS.resources[name].whole]
WRITTEN = [name for name in WHOLE if "PUT" in ROWS.resources[name].member]
COUNTS = ("0", "1", "2", "5", "10", "40", "2147483647", "2147483648", "-1", "", "x", "+3", "1.5", "007")
ODD = (
    "",
    "-1",
    "0",
    "t",
    "f",
    "true",
    "TRUE",
    "yes",
    "2025-01-01",
    "2025/01/01",
    "2025-02-30",
    "1,",
    ",1",
    "1, 2",
    "'",
)
FORMS = ("path", "post", "body", "query", "delete", "create")


@dataclass(frozen=True)
class House:
    """An exchange, the service behind it, who draws, which resources are asked for, and by whom."""

    it: Exchange
    upstream: ServiceUpstream
    drawn: st.DataObject
    names: list[str]
    tokens: list[str]

    def one(self, *of: Any) -> Any:
        return self.drawn.draw(st.sampled_from(of))

    def often(self, usual: Any, *of: Any) -> Any:
        return usual if self.drawn.draw(st.integers(0, 4)) else self.one(*of)

    def rows(self, resource: str) -> list[dict[str, Any]]:
        """All rows of a resource that has members; none where the list asks for a filter."""
        found = json.loads(ask(self.upstream.service, f"/{resource}/?limit=0").body).get(resource)
        return [row for row in found if "id" in row] if isinstance(found, list) else []

    def query(self, resource: Resource) -> str:
        pairs: dict[str, str] = {}
        known = [*resource.filters, *resource.undecided, "limit", "offset", *(["sortfield"] if resource.sorts else [])]
        for name in self.drawn.draw(
            st.lists(st.sampled_from([*known, self.often("limit", "search", "nonsense")]), max_size=3, unique=True)
        ):
            if name in {"limit", "offset"}:
                pairs[name] = self.often(self.one("0", "2", "5", "40"), *COUNTS)
            elif name == "sortfield":
                pairs[name] = self.often(self.one(*resource.sorts), "t.date", "ID", "")
                pairs["sortdir"] = self.one("ASC", "DESC", "asc", "up")
            else:
                column = resource.filters[name].column if name in resource.filters else name
                seen = [str(row[column]) for row in self.rows(resource.name) if row.get(column)] or ["1"]
                value = self.one(*seen)
                pairs[name] = self.often(value, *ODD, f"0{value}", value.lstrip("0"), f"{value},{self.one(*seen)}")
        spell: Callable[[str], str] = self.one(quote_plus, quote, lambda text: quote(text, safe=","))
        end: str = self.often("", "&", "&limit")
        return "&".join(f"{name}={spell(value)}" for name, value in pairs.items()) + end

    async def read(self) -> None:
        resource = ROWS.resources[self.often(self.one(*self.names), *READ)]
        numbers = [row["id"] for row in self.rows(resource.name)] or ["1"]
        member = self.one("", "", self.one(*numbers), self.often(self.one(*numbers), "0", "00", "x", "999999999"))
        query = self.often("", "a=b") if member else self.query(resource)
        path = f"/{resource.name}/{member}" + self.one("", "/" if member else "")
        target, token = path + (f"?{query}" if query else self.often("", "?")), self.one(*self.tokens)
        media = f"application/{self.one('json', 'xml')}"
        heard = await self.it.get(target, by=caller(token=token), accept=media)
        truth = ask(self.upstream.service, target, token=token, accept=media)
        assert (heard.status, heard.body) == (truth.status, truth.body), (target, token, heard.trace)
        event(f"read: {heard.trace.outcome}, {heard.status}")

    async def write(self) -> None:
        name, form = self.often(self.names[0], *WRITTEN), self.one(*FORMS)
        present = rows(self.upstream.service, f"/{name}/?limit=0")
        row, other = self.one(*present), self.one(*present)
        body = {self.one(*sorted(set(row) - {"id"})): other.get(self.one(*sorted(row)))}
        method, target = self.one("PUT", "POST"), f"/{name}/"
        match form:
            case "path" | "post":
                method, target = "PUT" if form == "path" else "POST", f"/{name}/{row['id']}/"
            case "body":
                body["id"] = row["id"]
            case "query":
                target += f"?id={row['id']}"
            case "delete":
                method, target, body = "DELETE", f"/{name}/{row['id']}/", {}
            case _:
                method, body = "POST", {column: value for column, value in row.items() if column != "id"}
        sent = json.dumps(body).encode() if body else b""
        by = caller(token=self.often(*WRITERS))
        heard = await self.it.ask(method, target, sent, by, content_type="application/json")
        event(f"write: {form}, {heard.status}")


async def play(drawn: st.DataObject) -> None:
    upstream = ServiceUpstream()
    async with Exchange(service=upstream, limit=0) as it:
        names = [drawn.draw(st.sampled_from(WRITTEN)), drawn.draw(st.sampled_from(WHOLE))]
        house = House(it, upstream, drawn, names, drawn.draw(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=2)))
        for _ in range(drawn.draw(st.integers(4, 12))):
            await house.often(house.read, house.write)()


@settings(max_examples=25, deadline=None, phases=[phase for phase in Phase if phase is not Phase.explain])
@given(drawn=st.data())
def test_every_answer_is_the_services_own(drawn: st.DataObject) -> None:
    loop = VirtualTimeLoop()
    try:
        loop.run_until_complete(play(drawn))
    finally:
        loop.close()
