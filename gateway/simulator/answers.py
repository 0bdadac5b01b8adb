"""An answer before it is written: what the envelope says, and what stands under the resource's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.simulator.errors import REASONS, Refused

Value = str | int | None | Sequence[str]
Record = Mapping[str, Value]
Content = Record | Sequence[Record]


@dataclass(frozen=True, slots=True)
class Answer:
    """`listcount` is given for lists alone; `content` is None where nothing but the envelope is sent (DELETE)."""

    person: int
    resource: str = ""
    content: Content | None = None
    listcount: int | None = None
    status: int = 200

    @property
    def reason(self) -> str:
        """The reason phrase, which is the envelope's status."""
        return REASONS[self.status]


def refusal(refused: Refused) -> Answer:
    """The answer that carries an error: person 0, and code and message under the key `error`."""
    return Answer(0, "error", {"code": refused.code, "message": refused.message}, status=refused.status)
