"""The simulator on the command line: its arguments, and serving until interrupted."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

from gateway.simulator.accounts import ACCOUNTS, USERS, AccountState, UserState
from gateway.simulator.options import Options
from gateway.simulator.server import Simulator

Number = TypeVar("Number", int, float)

_GROUPS = {"A": "Administrator", "M": "Manager", "R": "Resource", "E": "Executive"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen at the start; everything else is set through /__simulator__/options."""
    default = Options()
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on; 0 is any free one")
    parser.add_argument(
        "--limit", type=_whole, default=default.limit, help="requests per period and address; 0 is none"
    )
    parser.add_argument("--period", type=_length, default=default.period, help="length of the window in seconds")
    parser.add_argument("--per-day", type=_whole, default=None, help="requests per account and day (default: its plan)")
    parser.add_argument("--latency", type=_length, default=default.latency, help="seconds each answer takes")
    parser.add_argument("--scale", type=_length, default=default.scale, help="share of the full number of rows")
    parser.add_argument("--seed", type=int, default=default.seed, help="what the rows are drawn from")


def _from_0(kind: Callable[[str], Number], text: str, expected: str, most: float = 1e9) -> Number:
    """Read a number from 0 to `most`; argparse tells the text of the error, and ends with 2."""
    try:
        number = kind(text)
    except ValueError:
        number = kind("-1")
    if not 0 <= number <= most:  # not a number is neither
        raise argparse.ArgumentTypeError(f"{text!r} is not {expected}")
    return number


def _port(text: str) -> int:
    return _from_0(int, text, "a port from 0 to 65535", 65535)


def _whole(text: str) -> int:
    return _from_0(int, text, "a whole number from 0")


def _length(text: str) -> float:
    return _from_0(float, text, "a number from 0, such as 0.5")


def options_from(arguments: argparse.Namespace) -> Options:
    """The options that parsed arguments ask for (host and port are not among them)."""
    return Options(
        limit=arguments.limit,
        period=arguments.period,
        per_day=arguments.per_day,
        latency=arguments.latency,
        scale=arguments.scale,
        seed=arguments.seed,
    )


def run(host: str = "127.0.0.1", port: int = 0, options: Options | None = None) -> None:
    """Serve until SIGINT or SIGTERM, after saying where, for whom, and how to try it."""
    asyncio.run(_serve(host, port, options))


async def _serve(host: str, port: int, options: Options | None) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    simulator = Simulator(options)
    await simulator.start(host, port)
    sys.stdout.write(greeting(simulator))
    sys.stdout.flush()
    try:
        await stopped.wait()
    finally:
        await simulator.stop()


def greeting(simulator: Simulator) -> str:
    """Where it listens, the tokens that open it, and a line to try."""
    lines = [f"Intervals API simulator on {simulator.url}", "Tokens (any password):"]
    for user in USERS.values():
        account = ACCOUNTS[user.account]
        what = f"{_GROUPS[user.group]}{', restricted' if user.restricted else ''}"
        if account.state is not AccountState.ACTIVE:
            what = f"account {account.state.replace('_', ' ')}"
        elif user.state is not UserState.ACTIVE:
            what = f"user {user.state}"
        lines.append(f"  {user.token}  {user.account:9} {what}")
    lines += ["Try:", f"  curl -u acmeadmin01:x '{simulator.url}task/?limit=3'", ""]
    return "\n".join(lines)
