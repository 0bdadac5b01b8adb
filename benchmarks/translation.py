"""Measure translation of a large list: throughput, and the longest pause it makes for everyone else.

    python -m benchmarks.translation [--megabytes 10] [--rounds 3]

Floors and peers run in the same process, on the same list: json and expat without a handler are what cannot be
undercut, xmltodict is what would be used otherwise. A pause is the time between two steps; what runs at once pauses
for its whole duration. The best total of the rounds is printed, and the best and the worst of their longest pauses:
what lies between the two is the machine's.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple
from xml.parsers import expat

import xmltodict

from gateway.policy.translation import json_codec, xml_codec
from gateway.policy.translation.document import Document, Fields, Value, discarding
from gateway.policy.translation.malformed import Limits
from gateway.policy.translation.steps import Steps

LIMITS = Limits(size=1 << 30)

ROW: dict[str, str | None] = {
    "id": "0", "projectid": "4561", "moduleid": "12", "taskid": None, "worktypeid": "88", "personid": "2051",
    "date": "2026-11-20", "time": "0.25", "description": "Call with the client about the new homepage &amp; its menu",
    "billable": "t", "datemodified": "2026-11-20 10:30:03", "dateiso": "2026-11-20", "module": "Development",
    "project": "Homepage redesign", "worktype": "Meetings / calls", "tasklocalid": "", "task": "", "firstname": "Molto",
    "lastname": "Bene", "active": "t", "person": "Molto Bene", "clientid": "77", "client": "My Italian client",
    "clientactive": "t", "statusid": None, "hourlyrate": "95.00",
}  # fmt: skip


class Timing(NamedTuple):
    """Seconds in all, and seconds of the longest pause."""

    total: float
    pause: float


def sample(size: int) -> Document:
    """Make a list of time entries of about `size` bytes of JSON."""
    count = size // len(json_codec.write(Document({**ROW})))
    rows: list[Value] = [{**ROW, "id": str(number)} for number in range(count)]
    return Document({"personid": 2051, "status": "OK", "code": 200, "listcount": count, "time": rows})


def stepped(work: Callable[[], Steps[object]]) -> Timing:
    """Drive work in steps and time each of them."""
    begun = before = perf_counter()
    pause = 0.0
    steps = work()
    while True:
        try:
            next(steps)
        except StopIteration:
            now = perf_counter()
            return Timing(now - begun, max(pause, now - before))
        now = perf_counter()
        pause, before = max(pause, now - before), now


def at_once(work: Callable[[], object]) -> Timing:
    """Time work that cannot be paused."""
    begun = perf_counter()
    work()
    total = perf_counter() - begun
    return Timing(total, total)


def both(read: Callable[[], Steps[Document]], codec_writing: Callable[[Document], Steps[object]]) -> Steps[object]:
    """Read in one format, write in the other, and let go of what was read."""
    document = yield from read()
    rendered = yield from codec_writing(document)
    yield from discarding(document)
    return rendered


def main() -> None:
    """Run everything and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    document = sample(options.megabytes * 1_000_000)
    as_json, as_xml = json_codec.write(document), xml_codec.write(document)
    plain: Fields = document.fields
    wrapped = {"intervals": {"@status": "OK", "time": {"item": plain["time"]}}}

    def read_json() -> Steps[Document]:
        return json_codec.reading(as_json, limits=LIMITS)

    def read_xml() -> Steps[Document]:
        return xml_codec.reading(as_xml, limits=LIMITS)

    table: list[tuple[str, int, Callable[[], Timing]]] = [
        ("JSON -> XML", len(as_json), lambda: stepped(lambda: both(read_json, xml_codec.writing))),
        ("XML -> JSON", len(as_xml), lambda: stepped(lambda: both(read_xml, json_codec.writing))),
        ("read JSON", len(as_json), lambda: stepped(read_json)),
        ("  floor: json.loads", len(as_json), lambda: at_once(lambda: json.loads(as_json))),
        ("write XML", len(as_xml), lambda: stepped(lambda: xml_codec.writing(document))),
        ("  peer: xmltodict.unparse", len(as_xml), lambda: at_once(lambda: xmltodict.unparse(wrapped))),
        ("read XML", len(as_xml), lambda: stepped(read_xml)),
        ("  peer: xmltodict.parse", len(as_xml), lambda: at_once(lambda: xmltodict.parse(as_xml))),
        ("  floor: expat, no handler", len(as_xml), lambda: at_once(lambda: _expat(as_xml))),
        ("write JSON", len(as_json), lambda: stepped(lambda: json_codec.writing(document))),
        ("  floor: json.dumps", len(as_json), lambda: at_once(lambda: json.dumps(plain))),
    ]
    out = sys.stdout.write
    rows = plain["listcount"]
    out(f"{rows} records, {len(as_json) / 1e6:.1f} MB of JSON, {len(as_xml) / 1e6:.1f} MB of XML; ")
    out(f"Python {sys.version.split()[0]}, {expat.EXPAT_VERSION}; best of {options.rounds}\n\n")
    out(f"{'':28}{'total':>10}{'rate':>12}{'longest pause':>19}\n")
    for name, size, run in table:
        timings = [_timed(run) for _ in range(options.rounds)]
        total, pauses = min(timing.total for timing in timings), sorted(timing.pause * 1e3 for timing in timings)
        out(f"{name:28}{total * 1e3:7.0f} ms{size / total / 1e6:7.0f} MB/s{pauses[0]:13.1f} to {pauses[-1]:.1f} ms\n")


def _timed(run: Callable[[], Timing]) -> Timing:
    gc.collect()
    return run()


def _expat(body: bytes) -> None:
    parser = expat.ParserCreate()
    parser.Parse(body, bool(body))


if __name__ == "__main__":
    main()
