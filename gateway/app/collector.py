"""The garbage collector of a gateway: what it is to leave alone."""

from __future__ import annotations

import gc


def spare() -> None:
    """Let it look at new objects only, and at old ones rarely.

    A whole list is a hundred thousand dictionaries and texts in no cycle: to visit them all again and again took up to
    80 ms at a time (`benchmarks/long_list.py`), in which nobody else is served.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
