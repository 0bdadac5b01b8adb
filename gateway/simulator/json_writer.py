"""Answers as JSON, byte for byte as the service's PHP writes it: compact, slashes escaped, ASCII only, the columns in
their order."""

import json

from gateway.simulator.answers import Answer


def write_json(answer: Answer, *, empty_list_key: bool = True) -> bytes:
    """The body. A list without rows is `[]`, or left out where `empty_list_key` is False."""
    envelope: dict[str, object] = {"personid": answer.person, "status": answer.reason, "code": answer.status}
    if answer.listcount is not None:
        envelope["listcount"] = answer.listcount
    if answer.content is not None and (answer.content or empty_list_key):
        envelope[answer.resource] = answer.content
    # A slash can only stand inside a string, so replacing it afterwards cannot break anything.
    return json.dumps(envelope, separators=(",", ":")).replace("/", "\\/").encode()
