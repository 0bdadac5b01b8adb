"""The program: a gateway that runs until it is told to stop, and reads its configuration anew when told to."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
from contextlib import suppress

from gateway import inherited
from gateway.adapters.logs import Log, Redaction, open_log
from gateway.app import people
from gateway.app.rereading import Read
from gateway.app.running import Gateway
from gateway.app.starved import Starved
from gateway.settings import Settings


async def _until_told_to_stop(settings: Settings, log: Log, read: Read) -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.set_exception_handler(Starved(log.event, loop.time))
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, told.set)
    early = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, early.set)
    inherited.release_hangups()
    async with Gateway(settings, log, read=read) as gateway:
        loop.add_signal_handler(signal.SIGHUP, gateway.hang_up)
        if early.is_set():
            gateway.hang_up()
        _spare_the_collector()
        await told.wait()


def _spare_the_collector() -> None:
    """Let the garbage collector look at new objects only, and at old ones rarely.

    A whole list is a hundred thousand dictionaries and texts in no cycle: to visit them all again and again took up to
    80 ms at a time (`benchmarks/long_list.py`), in which nobody else is served.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def serve(settings: Settings, read: Read) -> None:
    """Run a gateway until SIGINT or SIGTERM; SIGHUP is a reload."""
    with open_log(Redaction(people.secrets(settings))) as log, suppress(KeyboardInterrupt):
        new_loop = importlib.import_module(settings.server.loop).new_event_loop
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_until_told_to_stop(settings, log, read))
