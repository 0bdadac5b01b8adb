"""Replay a day of eight tools and print what it cost upstream, beside other caches and an oracle.

    python -m benchmarks.replay [--seed 1] [--scale 0.5] [--verify 0] [--changing 0]

The same seed gives the same numbers on every machine. `scale` is the size of the simulated account (1 is 60 people and
4,000 tasks). With `--verify 0.01` the gateway also checks itself as it is shipped, at the cost of a hundredth of the
answers that it picks from whole lists. Ends with code 1 if an answer was wrong.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.replay.habits import OFFICE
from benchmarks.replay.lookups import look_ups
from benchmarks.replay.playing import replay
from benchmarks.replay.report import report
from gateway.policy import catalogue


def main() -> int:
    """Replay and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changing", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=0.5)
    parser.add_argument("--verify", type=float, default=0.0)
    options = parser.parse_args()
    wrong = False
    for day in (look_ups(options.changing), OFFICE):
        played = replay(day, seed=options.seed, scale=options.scale, share=1.0, verify=options.verify)
        for line in (*report(played, catalogue.load()), ""):
            sys.stdout.write(f"{line}\n")
        wrong |= bool(played.witness.wrong)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
