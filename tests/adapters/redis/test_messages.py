from __future__ import annotations

import pytest

from gateway.adapters.redis import messages
from gateway.adapters.redis.messages import Dropped, Filled, Message
from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName, CacheKey

ACME = AccountName("acme")


@pytest.mark.parametrize(
    "message",
    [
        Dropped(Selector(), {"*": 3}),
        Dropped(Selector(account=ACME, resources=frozenset({"task", "time"})), {'["acme", "task"]': 1}),
        Dropped(Selector(account=ACME, resources=frozenset()), {}),
        Dropped(Selector(account=ACME, key=CacheKey("k")), {}),
        Filled(CacheKey("k")),
    ],
)
def test_what_is_written_is_read(message: Message) -> None:
    fields = {name.encode(): value.encode() for name, value in messages.write(message).items()}
    assert messages.read(fields) == message


@pytest.mark.parametrize(
    "fields", [{}, {b"dropped": b"no JSON"}, {b"dropped": b"[]"}, {b"dropped": b"{}"}, {b"new": b""}]
)
def test_what_cannot_be_read_drops_everything(fields: dict[bytes, bytes]) -> None:
    assert messages.read(fields) == Dropped(Selector(), {})
