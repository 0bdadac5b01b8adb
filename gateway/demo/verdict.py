"""What the demo saved, and whether it kept what the gateway promises."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.demo.readings import Journal
from gateway.demo.tally import Tally

GOAL = 15
"""Fewer upstream requests than this for each 100 requests answered."""


def per_hundred(sent: int, tally: Tally) -> float:
    """Upstream requests for each 100 that callers got answered; refused ones do not count as served."""
    return 100 * sent / tally.answered if tally.answered else 0.0


def broken(tally: Tally, told: Journal, *, limit: int) -> list[str]:
    """The promises that did not hold, a sentence each; none when all is well."""
    share = per_hundred(told.requests, tally)
    findings = [
        (share >= GOAL or not tally.answered, f"{share:.1f} upstream requests per 100 answered, not fewer than {GOAL}"),
        (told.refused > 0, f"the simulator refused {told.refused} requests as too fast or too many"),
        (told.worst > limit, f"{told.worst} requests reached the simulator in one period, {limit} are allowed"),
    ]
    return [text for wrong, text in findings if wrong] + [
        f"{times} x {what}" for what, times in tally.unexpected.most_common()
    ]


def summary(tally: Tally, told: Journal, *, seconds: float, limit: int, period: float) -> Iterator[str]:
    """The final lines: received, sent and saved, by how each answer came about."""
    reads = tally.spent - tally.writes
    rows = (
        (tally.requests, f"requests from six apps in {seconds:.0f} s, {tally.xml} of them in XML"),
        (tally.hits, f"answered from the store, {tally.selected:,} of them picked out of a stored list"),
        (tally.collapsed, "shared the upstream request of another caller"),
        (reads, "reads sent upstream"),
        (tally.writes, "writes sent upstream"),
        (tally.refused, "refused for the moment with Retry-After, and sent again by their callers"),
        (
            max(0, told.requests - tally.spent),
            "sent by the gateway on its own: the quota read, what is stored checked or refreshed",
        ),
        (
            told.requests,
            f"upstream requests: {per_hundred(told.requests, tally):.1f} per 100 (goal: fewer than {GOAL})",
        ),
        (tally.answered - told.requests, "upstream requests saved"),
        (told.refused, "refused by the simulator, by its own journal"),
        (told.worst, f"at most in any {period:g} s at the simulator; {limit} are allowed"),
    )
    for number, text in rows:
        yield f"{number:>8,}  {text}"
    yield f"{tally.longest_wait:>6.1f} s  was the longest wait in line; {tally.waited} requests waited"
