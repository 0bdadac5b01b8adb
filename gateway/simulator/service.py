"""The service behind the socket: accounts' worlds, limits, the quota, and from a request to the bytes of its answer."""

from dataclasses import dataclass, field

from gateway.simulator import requests
from gateway.simulator.accounts import ACCOUNTS, User, authenticate, token_of
from gateway.simulator.answers import Answer, Record, refusal
from gateway.simulator.clock import Clock
from gateway.simulator.errors import Refused
from gateway.simulator.faults import FAULT_CODES, FaultKind
from gateway.simulator.journal import Arrival
from gateway.simulator.json_writer import write_json
from gateway.simulator.limits import AddressLimit, DayLimit
from gateway.simulator.negotiation import Format, format_of
from gateway.simulator.options import Options
from gateway.simulator.picture import picture
from gateway.simulator.requests import METHODS, Download, Request
from gateway.simulator.roles import Caller
from gateway.simulator.seed import build
from gateway.simulator.tables import World
from gateway.simulator.xml_writer import write_xml


@dataclass(slots=True)
class Reply:
    """What goes out: status, header fields, bytes, and the api code for the journal (0 if it is no error)."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    api_code: int = 0


class Service:
    """Everything a simulator remembers but its journal and its faults."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock(options)
        self.addresses = AddressLimit(options)
        self.days = DayLimit(self.clock)
        self._worlds: dict[str, World] = {}

    def world(self, account: str) -> World:
        """An account's rows, sown when they are first needed."""
        if account not in self._worlds:
            self._worlds[account] = build(account, self.clock, self.options)
        return self._worlds[account]

    def per_day(self, account: str) -> int:
        """Requests the account may make on a GMT day; 0 is no limit."""
        return ACCOUNTS[account].per_day if self.options.per_day is None else self.options.per_day

    def reply(self, arrival: Arrival, request: Request, authorization: str | None, fault: FaultKind | None) -> Reply:
        """Answer a request, whatever is wrong with it. Writes into the arrival who asked."""
        written = Format.JSON
        try:
            written = format_of(arrival.accept, self.options.unsupported_accept)
            result = self._answer(arrival, request, authorization, fault)
        except Refused as refused:
            reply = self._written(refusal(refused), written)
            reply.api_code = refused.code
            if refused.status == 401:
                reply.headers["WWW-Authenticate"] = 'Basic realm="Intervals API"'
            return reply
        if isinstance(result, Answer):
            return self._written(result, written)
        if isinstance(result, Download):
            disposition = f'attachment; filename="{result.filename}"'
            headers = {"Content-Type": "image/png", "Content-Disposition": disposition}
            return Reply(200, picture(result.number), headers)
        return result

    def _answer(
        self, arrival: Arrival, request: Request, authorization: str | None, fault: FaultKind | None
    ) -> Answer | Download | Reply:
        """The order is that of a real front: who knocks too often, then who it is, then what is wanted."""
        self.addresses.admit(arrival.address, arrival.at)
        code = 20 if self.options.offline else FAULT_CODES.get(fault) if fault else None
        if code is not None:
            raise Refused(code)
        token = token_of(authorization)
        user = authenticate(token, self.options)
        arrival.account, arrival.token_name = user.account, user.token
        asks_quota = request.path.strip("/") == "quota"
        if not asks_quota:
            self.days.take(user.account, self.per_day(user.account))
        canned = self.options.canned.get(request.path)
        if canned is not None:
            return Reply(canned.status, canned.body, dict(canned.headers))
        if request.method == "OPTIONS":
            return Reply(200, headers={"Allow": ", ".join(METHODS)})
        caller = self._caller(user)
        return self._quota(caller, request) if asks_quota else requests.answer(caller, request)

    def _caller(self, user: User) -> Caller:
        world = self.world(user.account)
        return Caller(user, world, list(world.tables["person"])[user.person])

    def _quota(self, caller: Caller, request: Request) -> Answer:
        """One object, no list. It is not counted against the day it tells about."""
        if request.method not in {"GET", "HEAD"}:
            raise Refused(16)
        if request.query and self.options.strict:
            raise Refused(17, f"The parameter {request.query.partition('=')[0]} was not recognised.")
        quota, used = self.per_day(caller.user.account), self.days.used(caller.user.account)
        exceeded = "t" if 0 < quota <= used else "f"
        record: Record = {
            "quota": str(quota), "used": str(used), "next_reset": self.clock.next_midnight(), "exceeded": exceeded,
        }  # fmt: skip
        if self.options.quota_style == "2022":
            day = str(self.clock.today())
            record = {"quota": quota, "used": used, "business_day": day, "exceeded": exceeded}
        return Answer(int(caller.person), "quota", record)

    def _written(self, answer: Answer, written: Format) -> Reply:
        if written is Format.XML:
            body = write_xml(answer)
        else:
            body = write_json(answer, empty_list_key=self.options.empty_list_key)
        return Reply(answer.status, body, {"Content-Type": written.value})
