from gateway.adapters.memory import MemoryEntries
from gateway.exchange.copies import Copies
from gateway.exchange.rendering import Rendition
from gateway.policy.caching.entry import Selector
from gateway.policy.names import CacheKey
from tests.exchange.test_cache import entry


def test_copies_are_served_and_kept_only_while_drops_are_heard() -> None:
    heard = True
    memory = MemoryEntries[Rendition](1_000_000)
    copies = Copies(memory, lambda: heard)
    held = copies.keep(entry("a"))
    assert held is not None
    copies.grew(held, 100)
    assert copies.peek(CacheKey("a")) is held
    assert copies.covered(Selector()) == [held]
    heard = False
    assert copies.peek(CacheKey("a")) is None
    assert copies.covered(Selector()) == []
    assert copies.keep(entry("b")) is None
    assert copies.discard(Selector()) == 1
    heard = True
    assert [copies.peek(CacheKey(key)) for key in "ab"] == [None, None]
