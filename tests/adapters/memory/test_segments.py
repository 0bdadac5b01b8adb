"""Who leaves first, and who stays."""

from __future__ import annotations

from gateway.adapters.memory.segments import Segments
from gateway.policy.caching.held import Held
from gateway.policy.names import CacheKey
from tests.adapters.stores import entry


def segments(room: int, *keys: str) -> tuple[Segments[bytes], list[str]]:
    """Room for so many records of ten bytes, and the keys of those that had to leave."""
    gone: list[str] = []
    made = Segments[bytes](room * 10, lambda held: gone.append(held.entry.key))
    put(made, *keys)
    return made, gone


def put(made: Segments[bytes], *keys: str, weight: int = 10) -> None:
    for key in keys:
        made.put(Held(entry(key), weight))


def use(made: Segments[bytes], *keys: str) -> list[bool]:
    return [made.use(CacheKey(key)) is not None for key in keys]


def in_order(made: Segments[bytes], gone: list[str]) -> list[str]:
    """Empty it, and tell who leaves in which order."""
    gone.clear()
    while made:
        (made._probation or made._protected).popitem()
    return gone


def test_first_come_first_gone_among_those_never_used() -> None:
    made, gone = segments(3, "a", "b", "c", "d", "e")
    assert gone == ["a", "b"]
    assert (len(made), made.bytes) == (3, 30)
    assert in_order(made, gone) == ["c", "d", "e"]


def test_one_use_protects_from_newcomers() -> None:
    made, gone = segments(3, "a", "b")
    assert use(made, "a", "x") == [True, False]
    put(made, "c", "d", "e")
    assert gone == ["b", "c"]
    assert in_order(made, gone) == ["d", "e", "a"]


def test_what_the_protected_segment_has_no_room_for_goes_back_on_probation_as_the_last_come() -> None:
    made, gone = segments(5, "a", "b", "c", "d", "e")
    assert use(made, "a", "b", "c", "d") == [True] * 4
    assert use(made, "a", "e") == [True, True]
    put(made, "f")
    assert gone == ["b"]
    assert in_order(made, gone) == ["f", "c", "d", "a", "e"]


def test_the_protected_make_room_where_nobody_is_on_probation() -> None:
    made, gone = segments(5, "a", "b", "c", "d")
    use(made, "a", "b", "c", "d")
    put(made, "e", weight=20)
    assert gone == ["a"]
    assert made.bytes == 50


def test_a_record_weighed_anew_keeps_its_segment_and_never_leaves_for_itself() -> None:
    made, gone = segments(5, "a", "b", "c", "d", "e")
    use(made, "a", "b")
    held = made.look(CacheKey("a"))
    assert held is not None
    held.weight = 20
    made.put(held)
    assert (gone, made.bytes) == (["c"], 50)
    assert in_order(made, gone) == ["d", "e", "b", "a"]


def test_looking_is_no_use_and_removing_frees_the_bytes() -> None:
    made, gone = segments(3, "a", "b", "c")
    assert made.look(CacheKey("a")) is not None
    assert made.look(CacheKey("x")) is None
    use(made, "b")
    made.remove(CacheKey("a"))
    made.remove(CacheKey("b"))
    assert made.bytes == 10
    assert in_order(made, gone) == ["c"]
