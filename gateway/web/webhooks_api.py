"""`/api/webhooks` of the operations listener: subscriptions and dead letters, shown and changed.

Shows no secret but that of a subscription just made, and no query of a URL.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.exchange.webhooks.dead_letters import DeadLetters
from gateway.exchange.webhooks.outstanding import Outstanding
from gateway.exchange.webhooks.subscribing import Subscribing, Unfit, Wrong
from gateway.exchange.webhooks.subscriptions import Listed, Subscriptions
from gateway.policy.events import vocabulary
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.delivery import Delivery
from gateway.policy.webhooks.subscription import MOST_EVENTS
from gateway.ports import RecordsAway
from gateway.web import answers

PATH = "/api/webhooks"

_MOST_LISTED = 100
_STATUS = {Wrong.REQUEST: 400, Wrong.UNKNOWN: 404, Wrong.STATE: 409, Wrong.CONTENT: 422}
_WANTED = '{"url": "https://…", "account": "NAME", "events": ["quota.*"]}'

_Answer = Callable[[web.Request], Awaitable[tuple[int, Mapping[str, object]]]]


class WebhooksApi:
    """The handlers and what they ask. `event_pattern` raises ValueError where a pattern is none."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        subscribing: Subscribing,
        dead: DeadLetters,
        outstanding: Outstanding,
        *,
        event_pattern: Callable[[str], str],
    ) -> None:
        self._subscriptions = subscriptions
        self._subscribing = subscribing
        self._dead = dead
        self._outstanding = outstanding
        self._event_pattern = event_pattern

    def add_to(self, app: web.Application) -> None:
        """Add the routes to the operations application; those with fixed words before those with an id."""
        app.router.add_get(PATH, _answering(self._list))
        app.router.add_post(PATH, _answering(self._make))
        app.router.add_get(f"{PATH}/dead", _answering(self._list_dead))
        app.router.add_post(f"{PATH}/dead/replay", _answering(self._replay_all))
        app.router.add_post(f"{PATH}/dead/{{id}}/replay", _answering(self._replay))
        app.router.add_get(f"{PATH}/{{id}}", _answering(self._show))
        app.router.add_delete(f"{PATH}/{{id}}", _answering(self._remove))
        app.router.add_post(f"{PATH}/{{id}}/test", _answering(self._test))
        app.router.add_post(f"{PATH}/{{id}}/enable", _answering(self._enable))

    async def _list(self, _: web.Request) -> tuple[int, Mapping[str, object]]:
        await self._subscriptions.refresh()
        await self._outstanding.count()
        return 200, {
            "subscriptions": [self._row(it) for it in self._subscriptions.listed()],
            "waiting": sum(self._outstanding.waiting.values()),
            "dead": self._outstanding.dead,
        }

    async def _show(self, request: web.Request) -> tuple[int, Mapping[str, object]]:
        await self._subscriptions.refresh()
        await self._outstanding.count()
        name = request.match_info["id"]
        listed = self._subscriptions.find(name)
        if listed is None:
            raise Unfit(Wrong.UNKNOWN, f"there is no subscription {name!r}; GET {PATH} lists them")
        return 200, self._row(listed)

    async def _make(self, request: web.Request) -> tuple[int, Mapping[str, object]]:
        # A page in a browser can send this type only where it is allowed to: no form can make a subscription.
        if request.content_type != "application/json":
            raise Unfit(Wrong.REQUEST, f"send application/json: {_WANTED}")
        try:
            wanted = orjson.loads(await request.read())
        except ValueError as failure:
            raise Unfit(Wrong.REQUEST, f"the body is not JSON: {failure}; send {_WANTED}") from None
        match wanted:
            case {"url": str(url), "account": str(account), "events": [_, *_] as events} if len(wanted) == 3:
                if len(events) > MOST_EVENTS:
                    raise Unfit(Wrong.REQUEST, f"there are {len(events)} events; write {MOST_EVENTS} at most")
                patterns = [self._pattern(event) for event in events]
            case _:
                raise Unfit(Wrong.REQUEST, f"the body does not fit; send {_WANTED}")
        made, secret = await self._subscribing.make(url, events=patterns, account=account)
        return 201, {**self._row(made), "secret": secret}

    def _pattern(self, event: object) -> str:
        try:
            pattern = self._event_pattern(str(event))
        except ValueError as failure:
            raise Unfit(Wrong.REQUEST, f'event {event!r:.100} {failure}; write "quota.*" or the like') from None
        if not vocabulary.can_come(pattern):
            raise Unfit(Wrong.CONTENT, f"{pattern!r:.100} matches no event; {vocabulary.right(pattern)}")
        return pattern

    async def _remove(self, request: web.Request) -> tuple[int, Mapping[str, object]]:
        await self._subscribing.remove(request.match_info["id"])
        return 200, {"removed": request.match_info["id"]}

    async def _test(self, request: web.Request) -> tuple[int, Mapping[str, object]]:
        return 202, {"webhook_id": await self._subscribing.test(request.match_info["id"])}

    async def _enable(self, request: web.Request) -> tuple[int, Mapping[str, object]]:
        secret = await self._subscribing.enable(request.match_info["id"])
        return 200, {"enabled": request.match_info["id"]} | ({} if secret is None else {"secret": secret})

    async def _list_dead(self, request: web.Request) -> tuple[int, Mapping[str, object]]:
        rows = await self._dead.listed(after=request.query.get("after", ""), most=_MOST_LISTED)
        following = rows[-1][0] if len(rows) == _MOST_LISTED else None
        return 200, {"dead": [_letter(name, it) for name, it in rows], "next": following}

    async def _replay(self, request: web.Request) -> tuple[int, Mapping[str, object]]:
        await self._dead.replay(request.match_info["id"])
        return 202, {"replayed": 1}

    async def _replay_all(self, _: web.Request) -> tuple[int, Mapping[str, object]]:
        return 202, {"replayed": await self._dead.replay_all()}

    def _row(self, listed: Listed) -> dict[str, object]:
        it, health = listed.subscription, listed.health
        return {
            "id": it.id,
            "origin": it.origin,
            "account": it.account,
            "url": _shown(it.url),
            "events": list(it.events),
            "state": state(listed),
            "failing_since": health.failing_since,
            "ended_at": health.ended_at,
            "waiting": self._outstanding.waiting.get(it.id, 0),
        }


def state(listed: Listed) -> str:
    """One word: how it fares, and whether an operator has to do something."""
    if listed.health.ended is not None:
        return str(listed.health.ended)
    if listed.sealed:
        return "secret_changed"
    return "active" if listed.health.failing_since is None else "retrying"


def _letter(name: str, it: Delivery) -> dict[str, object]:
    return {
        "id": name,
        "died_at": delivery.died_at(name),
        "subscription": None if it.app else it.lane,
        "app": it.app,
        "receiver": None if it.url is None else _shown(it.url),
        "webhook_id": it.id,
        "type": it.type,
        "account": it.account,
        "at": it.at,
        "attempts": it.attempts,
        "why": it.last,
    }


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query="…" if parts.query else "").geturl()


def _answering(ask: _Answer) -> Handler:
    """Answer as JSON; what is unfit, and a store that is away, as a problem (RFC 9457)."""

    async def handler(request: web.Request) -> web.Response:
        try:
            status, members = await ask(request)
        except Unfit as unfit:
            return answers.problem(_STATUS[unfit.wrong], str(unfit))
        except RecordsAway as away:
            return answers.problem(503, f"the store of subscriptions and deliveries is away: {away}")
        return answers.told(members, status=status)

    return handler
