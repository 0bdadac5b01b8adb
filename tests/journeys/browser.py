"""A real browser without a window: Debian's Chromium, told what to do by its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.journeys.waiting import DEADLINE, back_at, until

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
]
_HEARD = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
"""Events by which a page complains."""


class Tab:
    """One page; `complaints` is what its console was told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.complaints: list[str] = []

    async def tell(self, method: str, **parameters: Any) -> Any:
        """Send one command and read on to its result."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        async with asyncio.timeout(DEADLINE):
            while (said := await self._socket.receive_json()).get("id") != self._number:
                if said.get("method") in _HEARD:
                    self.complaints.append(json.dumps(said["params"]))
        assert "error" not in said, said
        return said["result"]

    async def open(self, url: str) -> None:
        """Load a page; comes back when it is complete."""
        await self.tell("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def value(self, expression: str) -> Any:
        """Evaluate JavaScript in the page; what it returns is copied."""
        answer = await self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Come back when an expression is true."""
        async with asyncio.timeout(DEADLINE):
            while not await self.value(expression):
                await back_at(0.05)

    async def looks(self, *, width: int, theme: str, height: int = 900) -> None:
        """Show the page on a screen of this many CSS pixels, in the `light` or the `dark`."""
        await self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        await self.tell(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}, still]
        )

    async def press_tab(self) -> None:
        """Go to what has the focus next, as a keyboard does."""
        for kind in ("rawKeyDown", "keyUp"):
            await self.tell("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    async def picture(self) -> bytes:
        """The whole page as PNG."""
        shot = await self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@asynccontextmanager
async def browser(folder: Path, session: aiohttp.ClientSession) -> AsyncIterator[Tab]:
    """Start a browser with an empty profile below `folder`, and open one tab."""
    told = folder / "profile" / "DevToolsActivePort"
    process = await asyncio.create_subprocess_exec(
        "chromium",
        *_FLAGS,
        f"--user-data-dir={told.parent}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: told.exists() and "\n" in told.read_text(encoding="ascii"))
        port = told.read_text(encoding="ascii").split("\n")[0]
        async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
            pages = [it for it in await response.json() if it["type"] == "page"]
        async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            tab = Tab(socket)
            for domain in ("Page", "Runtime", "Log"):
                await tab.tell(f"{domain}.enable")
            yield tab
            with suppress(aiohttp.ClientError, TypeError):  # it hangs up before it has answered
                await tab.tell("Browser.close")
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def require_chromium() -> None:
    """Skip where Debian's package is not installed, but never on the machine whose result counts."""
    if shutil.which("chromium") is None:
        how = "chromium is not installed (Debian: apt-get install chromium chromium-driver)"
        pytest.fail(how) if os.environ.get("CI") == "true" else pytest.skip(how)
