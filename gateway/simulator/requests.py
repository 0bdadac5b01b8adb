"""What a request asks for, told from its path and method, and the answer to it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from gateway.simulator import listing, writes
from gateway.simulator.answers import Answer
from gateway.simulator.bodies import read_body
from gateway.simulator.catalogue import Resource, catalogue
from gateway.simulator.errors import Refused
from gateway.simulator.roles import Caller, demand

_READS = frozenset({"GET", "HEAD"})
_SAVES = frozenset({"PUT", "POST"})
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: `path` and `query` still percent-encoded; `sized` unless the body came in chunks."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes
    sized: bool = True


@dataclass(frozen=True, slots=True)
class Download:
    """A document whose bytes are to be sent instead of a record."""

    number: str
    filename: str


def answer(caller: Caller, request: Request) -> Answer | Download:
    """Read or write. Raises Refused: 13 unknown resource, 15 unknown action, 16 method, and what reading and writing
    raise. The path may end with a slash or not; a path's second segment is the id."""
    name, *segments = request.path.strip("/").split("/")
    resource = catalogue().get(unquote(name))
    if resource is None:
        raise Refused(13, f"There is no resource {unquote(name)}.")
    number = segments[0] if segments else None
    if number is not None and not (number.isascii() and number.isdigit()):
        raise Refused(15, f"{unquote(number)} is not an action of {resource.name}.")
    if len(segments) > 1:
        return _action(caller, resource, request.method, segments)
    if request.method in _READS:
        return _read(caller, resource, number, request)
    if request.method not in _SAVES | {"DELETE"}:
        raise Refused(16)
    return _write(caller, resource, number, request)


def _read(caller: Caller, resource: Resource, number: str | None, request: Request) -> Answer:
    pairs = parse_qsl(request.query, keep_blank_values=True)
    if number is None:
        return listing.collection(caller, resource, pairs)
    return listing.member(caller, resource, number, pairs)


def _write(caller: Caller, resource: Resource, number: str | None, request: Request) -> Answer:
    """An id in the query counts like one in the path, but not for DELETE."""
    if not request.sized:
        raise Refused(18, "The Content-Length header is required.", status=411)
    given = dict(parse_qsl(request.query))
    if caller.world.options.strict and (unknown := given.keys() - {"id"}):
        raise Refused(17, f"The parameter {min(unknown)} was not recognised.")
    if request.method == "DELETE" and number is None:
        raise Refused(16, "DELETE needs an id.")
    if request.method not in resource.member:
        raise Refused(16)
    if resource.name == "projectteam":
        records = read_body(request.body, request.content_type, resource.name)
        return writes.change_team(caller, resource, request.method, number, records)
    if request.method == "DELETE":
        return writes.delete(caller, resource, number or "")
    return writes.save(
        caller, resource, number or given.get("id"), read_body(request.body, request.content_type, resource.name)
    )


def _action(caller: Caller, resource: Resource, method: str, segments: list[str]) -> Download:
    """The one documented action is the download of a document."""
    number, *action = segments
    if resource.name != "document" or action != ["download"]:
        raise Refused(15, f"{'/'.join(action)} is not an action of {resource.name}.")
    if method not in _READS:
        raise Refused(16)
    demand(resource.member, "GET", caller)
    row = listing.visible_row(caller, resource, number)
    return Download(number, row["filename"] or "document.png")
