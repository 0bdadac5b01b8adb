"""The status page in a real browser: what it tells, that it stays up to date, and that it shuts nobody out.

With STATUS_PICTURES=docs the pictures of the documentation are made anew.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.journeys.browser import Tab, browser, require_chromium
from tests.journeys.configuration import KEYS, RESTRICTED, Setup
from tests.journeys.house import House, OpenHouse, options
from tests.journeys.tool import XML
from tests.journeys.webhooks.receiver import SECRET, Receiver

ACCESSIBILITY = (Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")
FOCUSED = """(() => {
  const it = document.activeElement, style = getComputedStyle(it);
  return [it.getAttribute("aria-label") || it.textContent, style.outlineStyle, parseFloat(style.outlineWidth)];
})()"""
REPORT, NIGHTLY = "report-6a1b2c3d4e5f", "nightly-0f9e8d7c6b5a"
MORE = f"""
[apps.report]
account = "acme"
key = "{REPORT}"
share = 0.3
[accounts.small]
per_day = 20
token = "acmeresou01"
[apps.nightly]
account = "small"
key = "{NIGHTLY}"
share = 0.9
"""
WEBHOOKS = """
[[webhooks]]
name = "chat"
url = "CHAT"
events = ["quota.*"]
account = "acme"
secret = "SECRET"
[[webhooks]]
name = "billing"
url = "BILLING"
events = ["quota.*"]
account = "acme"
secret = "SECRET"
"""


@pytest.fixture
async def house(open_house: OpenHouse, stack: AsyncExitStack) -> House:
    """A gateway on whose page everything has something to show."""
    require_chromium()
    receiver = await stack.enter_async_context(Receiver())
    webhooks = WEBHOOKS.replace("SECRET", SECRET)
    webhooks = webhooks.replace("CHAT", receiver.url("/ok")).replace("BILLING", receiver.url("/gone"))
    upstream = options(account_states={"globex": "suspended"}, user_states={RESTRICTED: "unknown"})
    house = await open_house(Setup(more=MORE + webhooks), upstream=upstream)
    for app in ("timesheets", "invoices", "own", "staff"):
        for target in ("/client/", "/project/", "/worktype/", "/person/", "/time/?limit=5"):
            await house.tool(app).get(target)
            await house.tool(app).get(target, XML)
    await house.tool_with(REPORT).get("/task/?name=private-words")
    for target in house.far_apart(18):
        await house.tool_with(NIGHTLY).get(target)
    await house.tool().get("/client/999999/")
    house.simulator.fail_next("error")
    await house.tool().get("/person/?limit=7")
    await house.tool().get("/client/", "text/csv")
    for app in ("globex", "globex", "planner"):
        await house.tool(app).get("/client/")
    await house.tool_with("nobody-knows-this-key").get("/client/")
    for name in ("chat", "billing"):
        await house.session.post(f"{house.gateway.operations_url}api/webhooks/{name}/test")
    await house.until_metric("webhook_deliveries_total", 1, subscription="chat", result="delivered")
    await house.until_metric("webhook_subscriptions", 1, subscription="billing", state="gone")
    return house


@pytest.fixture
async def tab(house: House, stack: AsyncExitStack, tmp_path: Path) -> AsyncIterator[Tab]:
    tab = await stack.enter_async_context(browser(tmp_path, house.session))
    yield tab
    assert not tab.complaints


def received(app: str) -> str:
    """The number of requests that an app sent, as the page shows it."""
    row = f"[...document.querySelectorAll('#apps ~ div tbody tr')].find((row) => row.cells[0].textContent === '{app}')"
    return f"Number({row}.cells[2].textContent)"


async def test_the_page_tells_everything_and_stays_up_to_date(house: House, tab: Tab) -> None:
    await tab.open(house.gateway.operations_url)
    text = await tab.value("document.body.innerText")
    for told in (
        "Account globex is closed: the upstream has suspended it.",
        "Safe at this pace",
        "18 of 20 used (90%)",
        "Who joins now waits 0 s.",
        "Resources by saving",
        "Webhook billing hears nothing: the receiver says that it is gone (410).",
        "Answered for nothing",
        "No representation fits the Accept field (406)",
        "The app key is not known here (401)",
        "(503)",
    ):
        assert told in text
    for secret in (*KEYS.values(), REPORT, NIGHTLY, "private-words", "999999", "nobody-knows-this-key"):
        assert secret not in await tab.value("document.documentElement.outerHTML")
    await tab.until("document.getElementById('liveness').textContent.startsWith('Live')")
    await tab.value("window.same = document.querySelector('#apps ~ div'); window.same.focus()")
    before = await tab.value(received("timesheets"))
    for _ in range(3):
        await house.tool().get("/client/")
    await tab.until(f"{received('timesheets')} === {before + 3}")
    assert await tab.value("document.activeElement === window.same"), "the focus stays where it is"
    assert await tab.value("document.querySelector('[aria-live]').innerText.startsWith('What needs attention')")


async def test_the_page_is_whole_without_its_script(house: House, tab: Tab) -> None:
    await tab.tell("Emulation.setScriptExecutionDisabled", value=True)
    await tab.open(house.gateway.operations_url)
    text = await tab.value("document.body.innerText")
    assert "This page is loaded anew every 10 seconds." in text
    assert "Account globex is closed" in text


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_page_shuts_nobody_out(house: House, tab: Tab, theme: str) -> None:
    for width in (1200, 800, 390):
        await tab.looks(width=width, theme=theme)
        await tab.open(house.gateway.operations_url)
        assert await tab.value(ACCESSIBILITY) == []
    focused = []
    for _ in range(await tab.value("document.querySelectorAll('a, [tabindex=\"0\"]').length")):
        await tab.press_tab()
        name, style, thick = await tab.value(FOCUSED)
        assert (style, thick >= 2) == ("solid", True), name
        focused.append(name)
    assert (focused[0], focused[-1]) == ("Skip to the status", "Metrics")


async def test_the_check_itself_finds_what_shuts_people_out(tab: Tab) -> None:
    page = """<title></title><h1>One</h1><h3>Three</h3><a href='x'></a><p style='color:%23999'>grey</p>
        <p style='font-size:10px'>small</p><table><tbody><tr><td>1</td></tr></tbody></table>
        <div style='overflow-x:auto;width:50px'><div style='width:200px'>x</div></div>"""
    await tab.open(f"data:text/html,{page}")
    found = "; ".join(await tab.value(ACCESSIBILITY))
    for fault in ("language", "title", "header", "main", "skips a level", "name", "caption", "unnamed row"):
        assert fault in found
    for fault in ("keyboard", "contrast 2.85", "small letters"):
        assert fault in found


@pytest.mark.parametrize(("name", "theme", "width"), [("", "light", 1200), ("-phone", "dark", 390)])
async def test_the_pictures_of_the_documentation(house: House, tab: Tab, name: str, theme: str, width: int) -> None:
    await tab.looks(width=width, theme=theme)
    await tab.open(house.gateway.operations_url)
    await tab.until("document.getElementById('liveness').textContent.startsWith('Live')")
    picture = await tab.picture()
    assert picture.startswith(b"\x89PNG")
    if folder := os.environ.get("STATUS_PICTURES"):
        await asyncio.to_thread(Path(folder, f"status{name}.png").write_bytes, picture)
