from __future__ import annotations

from pathlib import Path

import pytest

from gateway.app import people
from gateway.policy.caching import cachekey
from gateway.policy.faults import Fault
from gateway.policy.messages import Headers
from gateway.policy.names import AccountName
from gateway.web.identity import basic
from tests.app.configured import KEY, OTHER_KEY, TOKEN, settings


def test_every_app_is_recognised_as_configured(tmp_path: Path) -> None:
    identity = people.identity(settings(tmp_path))
    tool = identity.recognise(Headers([("X-Api-Key", KEY)]))
    assert (tool.app, tool.account, tool.patience, tool.priority) == ("tool", "acme", 20.0, "normal")
    assert (tool.authorization, tool.lent) == (basic(TOKEN), True)
    assert tool.partition == cachekey.partition(AccountName("acme"), basic(TOKEN))
    batch = identity.recognise(Headers([("Authorization", basic(OTHER_KEY))]))
    assert (batch.app, batch.account, batch.patience, batch.weight) == ("batch", "globex", 90.0, 3)
    assert (batch.priority, batch.authorization, batch.lent) == ("batch", None, False)
    assert batch.may("GET", "client", "/client/")
    assert not batch.may("POST", "client", "/client/")


def test_an_account_without_a_token_passes_the_callers_own_through(tmp_path: Path) -> None:
    identity = people.identity(settings(tmp_path))
    batch = identity.recognise(Headers([("X-Api-Key", OTHER_KEY), ("Authorization", basic("own"))]))
    assert batch.authorization == basic("own")


@pytest.mark.parametrize("key", [TOKEN, "", "tool"])
def test_nothing_else_is_a_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(Fault):
        people.identity(settings(tmp_path)).recognise(Headers([("X-Api-Key", key)]))


def test_every_secret_is_named_for_the_log(tmp_path: Path) -> None:
    assert sorted(people.secrets(settings(tmp_path))) == sorted([TOKEN, KEY, OTHER_KEY])


def test_the_password_of_the_store_is_a_secret_but_need_not_be_the_same_everywhere(tmp_path: Path) -> None:
    of = settings(tmp_path, store__url="rediss://gateway:open%20sesame@redis.internal/0")
    assert set(people.secrets(of)) - set(people.credentials(of)) == {"open sesame", "open%20sesame"}
