"""Which format an answer is written in, by the Accept field.

Seen in clients: none at all is XML, */* and axios' mixed value are JSON. Open in the documents, concluded here: the
highest q wins, then the one named first; application/* is JSON.
"""

from enum import StrEnum

from gateway.simulator.errors import Refused


class Format(StrEnum):
    """A representation, as its media type."""

    JSON = "application/json"
    XML = "application/xml"


_RANGES = {
    "application/json": Format.JSON,
    "application/*": Format.JSON,
    "*/*": Format.JSON,
    "application/xml": Format.XML,
    "text/xml": Format.XML,
}


def format_of(accept: str | None, unsupported: str) -> Format:
    """The format for an Accept field; `unsupported` (json, xml, 406) decides where it names neither.

    Raises Refused 17 with status 406 if so told.
    """
    if not accept or not accept.strip():
        return Format.XML
    wanted: list[tuple[float, Format]] = []
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media in _RANGES and (quality := _quality(parameters)) > 0:
            wanted.append((quality, _RANGES[media]))
    if wanted:
        return max(wanted, key=lambda pair: pair[0])[1]
    if unsupported == "406":
        raise Refused(17, "Accept names neither application/json nor application/xml.", status=406)
    return Format.XML if unsupported == "xml" else Format.JSON


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
