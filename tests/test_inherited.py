"""What a program gets from whoever starts it, seen in programs of their own."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import inherited

_ROOT = Path(__file__).parents[1]


def _run(code: str, *, before: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import os, signal, sys\nfrom gateway import inherited\n{code}"],
        capture_output=True, text=True, check=False, cwd=_ROOT, preexec_fn=before,
    )  # fmt: skip


@pytest.mark.parametrize("closed", [(1,), (0, 1), (0, 1, 2)])
def test_closed_streams_swallow_what_is_printed_and_no_file_gets_their_numbers(closed: tuple[int, ...]) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    code = "inherited.open_standard_streams(); print('lost'); os._exit(10 + os.open('/', os.O_RDONLY))"
    assert _run(code, before=close).returncode >= 13


def test_streams_that_are_open_stay() -> None:
    said = _run("inherited.open_standard_streams(); print('kept')", before=lambda: None)
    assert (said.returncode, said.stdout) == (0, "kept\n")


def test_a_hang_up_waits_until_it_is_taken() -> None:
    code = (
        "inherited.hold_hangups(); os.kill(os.getpid(), signal.SIGHUP); print('lives')\n"
        "signal.signal(signal.SIGHUP, lambda *_: print('taken')); inherited.release_hangups()"
    )
    assert _run(code, before=lambda: None).stdout == "lives\ntaken\n"


def test_the_limit_of_descriptors_is_raised_to_what_is_allowed() -> None:
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 256))

    code = "import resource\nprint(inherited.allow_descriptors(), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    assert _run(code, before=few).stdout == "256 256 256\n"


@pytest.mark.parametrize(("descriptors", "callers"), [(64, 32), (256, 128), (1024, 640), (65536, 65152)])
def test_callers_leave_room_for_what_they_ask_for(descriptors: int, callers: int) -> None:
    assert inherited.room_for_callers(descriptors) == callers


def test_hang_ups_are_held_and_released_in_this_program_too() -> None:
    inherited.hold_hangups()
    try:
        assert signal.SIGHUP in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        inherited.release_hangups()
    assert signal.SIGHUP not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
