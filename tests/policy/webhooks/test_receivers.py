"""Where deliveries may go, however a name or an address is written."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.webhooks.receivers import Receivers, could_be_right, receivers, refusal

TOOLS = receivers(
    ["*.apps.internal", "10.1.0.0/16", "fd12::/16"], ["https://Tool.Internal/events", "http://[fd00::1]/"]
)
SPECIAL = [
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "224.0.0.1",
    "ff02::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "255.255.255.255",
    "240.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:0",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:a9fe:a9fe::80ff:fffe",
    "fd00:ec2::254",
    "100.100.100.200",
]
ORDINARY = ["10.0.0.7", "172.16.3.4", "192.168.1.1", "fc00::7", "203.0.113.9", "2606:4700::1111", "::ffff:10.0.0.7"]


@pytest.mark.parametrize("address", SPECIAL)
@pytest.mark.parametrize("host", ["tool.internal", "board.apps.internal"])
def test_no_name_leads_to_the_machine_its_link_or_everybody(host: str, address: str) -> None:
    told = refusal(TOOLS, host, address)
    assert told is not None
    assert "where no name may lead" in told


@pytest.mark.parametrize("address", ORDINARY)
@pytest.mark.parametrize("host", ["tool.internal", "TOOL.internal.", "board.apps.internal", "a.b.apps.internal"])
def test_a_listed_name_leads_elsewhere_also_to_private_addresses(host: str, address: str) -> None:
    assert refusal(TOOLS, host, address) is None


@pytest.mark.parametrize(
    "host", ["elsewhere", "apps.internal", "evilapps.internal", "tool.internal.evil", "10.0.0.7", ""]
)
def test_any_other_name_leads_nowhere(host: str) -> None:
    assert "is not on the list of receivers" in (refusal(TOOLS, host, "10.0.0.7") or "")


@pytest.mark.parametrize("host", ["elsewhere", "tool.internal", "10.1.2.3"])
def test_a_listed_subnet_lets_in_whatever_leads_there(host: str) -> None:
    assert refusal(TOOLS, host, "10.1.2.3") is None
    assert refusal(TOOLS, host, "::ffff:10.1.2.3") is None


@pytest.mark.parametrize(
    ("listed", "url", "host", "address", "lets_in"),
    [
        ([], "http://127.0.0.1:9000/", "127.0.0.1", "127.0.0.1", True),
        ([], "http://127.0.0.1:9000/", "127.0.0.1", "127.0.0.2", False),
        ([], "http://[::1]:9000/", "::1", "::1", True),
        ([], "http://localhost/", "localhost", "127.0.0.1", True),
        ([], "http://localhost/", "localhost", "::1", True),
        ([], "http://localhost/", "localhost", "169.254.169.254", False),
        ([], "http://127.0.0.1/", "localhost", "127.0.0.1", False),
        ([], "http://0x7f.1/", "0x7f.1", "127.0.0.1", False),
        ([], "http://2130706433/", "2130706433", "127.0.0.1", False),
        (["localhost"], "", "localhost", "127.0.0.1", True),
        (["127.0.0.1"], "", "tool.internal", "127.0.0.1", True),
        (["127.0.0.0/8"], "", "0x7f.1", "127.0.0.1", True),
        (["169.254.1.0/24"], "", "tool.internal", "169.254.1.9", True),
        (["169.254.1.0/24"], "", "tool.internal", "169.254.169.254", False),
    ],
)
def test_what_is_special_must_be_listed_itself(
    listed: list[str], url: str, host: str, address: str, lets_in: bool
) -> None:
    assert (refusal(receivers(listed, [url]), host, address) is None) is lets_in


@pytest.mark.parametrize(
    ("allowed", "host", "worth_it"),
    [
        (TOOLS, "elsewhere", True),
        (receivers([], ["https://tool.internal/"]), "elsewhere", False),
        (receivers([], ["https://tool.internal/"]), "Tool.internal.", True),
        (receivers(["*.apps.internal"], []), "a.apps.internal", True),
        (receivers([], []), "", False),
    ],
)
def test_what_cannot_be_right_is_not_even_looked_up(allowed: Receivers, host: str, worth_it: bool) -> None:
    assert could_be_right(allowed, host) is worth_it


@given(st.ip_addresses(v=4), st.sampled_from(["tool.internal", "elsewhere", "127.0.0.1"]))
def test_an_address_within_ipv6_is_judged_as_itself(address: IPv4Address, host: str) -> None:
    assert (refusal(TOOLS, host, str(address)) is None) == (refusal(TOOLS, host, f"::ffff:{address}") is None)
