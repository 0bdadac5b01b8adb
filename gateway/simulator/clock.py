"""What time it is: `stamp` for windows and the journal, the rest for everything that carries a date."""

from datetime import UTC, date, datetime, timedelta

from gateway.simulator.options import Options

_DAY = 86400.0


class Clock:
    """Reads the options' clock anew each time, so that tests can move it."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def stamp(self) -> float:
        """Seconds since 1970 of an arrival; neither shifted nor frozen."""
        return self._options.now()

    def seconds(self) -> float:
        """Seconds since 1970 on the simulated calendar."""
        frozen = self._options.frozen
        return self._options.now() + self._options.clock_offset if frozen is None else frozen

    def utc(self) -> datetime:
        """The simulated moment; accounts live in GMT here, so account time and UTC are the same."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def today(self) -> date:
        """The simulated day."""
        return self.utc().date()

    def timestamp_text(self) -> str:
        """The simulated moment as the service writes it: YYYY-MM-DD HH:MM:SS."""
        return self.utc().strftime("%Y-%m-%d %H:%M:%S")

    def days_ago(self, days: float) -> str:
        """The moment so many days before, as text that compares with stored moments."""
        return (self.utc() - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")

    def day_number(self) -> int:
        """Number of the GMT day; the account's quota belongs to it."""
        return int(self.seconds() // _DAY)

    def next_midnight(self) -> str:
        """When the account's quota is renewed: YYYY-MM-DD 00:00:00 GMT."""
        return f"{self.today() + timedelta(days=1)} 00:00:00"


def seconds_of(text: str) -> float:
    """Seconds since 1970 of a moment written YYYY-MM-DD HH:MM:SS (UTC) or of a day's start."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
