"""Any interleaving of steps, stale views and crashes: each job ends one way, and no doubtful request is sent again."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from typing_extensions import override

from gateway.policy.jobs import job as rules
from gateway.policy.jobs.job import Job, State
from gateway.policy.jobs.turns import next_up
from tests.policy.jobs.making import job

REPLICAS = ("a", "b")
PICK = st.integers(0, 1000)


class Interleavings(RuleBasedStateMachine):
    """Two replicas that see old copies of the records, and change them only by compare and swap."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.open: dict[str, Job] = {}
        self.ends: defaultdict[str, list[State]] = defaultdict(list)
        self.views: dict[str, list[Job]] = {name: [] for name in REPLICAS}
        self.alive: dict[str, float] = dict.fromkeys(REPLICAS, 0.0)
        self.at_work: dict[str, dict[str, Job]] = {name: {} for name in REPLICAS}
        self.sent: defaultdict[str, int] = defaultdict(int)
        self.refused: defaultdict[str, int] = defaultdict(int)
        self.order: defaultdict[str, list[int]] = defaultdict(list)
        self.places = 0
        self.methods: dict[str, str] = {}

    @rule(about=st.sampled_from(["/x", "/y"]), method=st.sampled_from(["PUT", "GET"]))
    def accept(self, about: str, method: str) -> None:
        self.places += 1
        made = job(self.places, about=about, method=method)
        self.open[made.id] = made

    @rule(replica=st.sampled_from(REPLICAS))
    def look(self, replica: str) -> None:
        self.views[replica] = list(self.open.values())

    @rule(replica=st.sampled_from(REPLICAS), slow=st.booleans())
    def take(self, replica: str, slow: bool) -> None:
        """Take up what an old view offers; `slow`: it has not said for long that it lives."""
        self.alive[replica] = self.now + (0 if slow else 10)
        living = {name for name, until in self.alive.items() if until > self.now and name != replica}
        mine = self.at_work[replica]
        for seen in next_up(self.views[replica], now=self.now, living=living, mine=mine.keys(), paused={}):
            taken = rules.taken(seen, replica)
            if self._swap(seen, taken):
                mine[taken.id] = taken

    @rule(replica=st.sampled_from(REPLICAS), pick=PICK)
    def send(self, replica: str, pick: int) -> None:
        held = self._pick(replica, pick)
        if held is None or held.state is not State.WAITING:
            return
        if not held.asked.safe:
            marked = rules.departing(held)
            if not self._swap(held, marked):
                self.at_work[replica].pop(held.id)
                return
            self.at_work[replica][held.id] = marked
            self.order[held.asked.about].append(held.asked.place)
        self.sent[held.id] += 1

    @rule(replica=st.sampled_from(REPLICAS), pick=PICK, how=st.sampled_from(["answer", "refuse", "lose"]))
    def hear(self, replica: str, pick: int, how: str) -> None:
        """The upstream's word about what was sent, or none."""
        held = self._pick(replica, pick)
        if held is None or not self.sent[held.id] or (held.state is State.WAITING and not held.asked.safe):
            return
        del self.at_work[replica][held.id]
        if held.state is State.CHECKING or how == "answer":
            state = State.UNKNOWN if held.state is State.CHECKING else State.COMPLETED
            self._end(held, state)
        elif how == "refuse" or held.asked.safe:
            if self._swap(held, rules.deferred(held, "no", now=self.now, pause=5.0)):
                self.refused[held.id] += 1
        else:
            self._swap(held, rules.doubted(held, "lost", now=self.now))

    @rule(replica=st.sampled_from(REPLICAS))
    def crash(self, replica: str) -> None:
        self.at_work[replica].clear()
        self.views[replica] = []

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        waiting = [it for it in self.open.values() if it.cancellable]
        if waiting:
            self._end(waiting[pick % len(waiting)], State.CANCELLED)

    @rule(seconds=st.sampled_from([1.0, 20.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def nothing_doubtful_is_sent_again(self) -> None:
        for name, times in self.sent.items():
            if "PUT" in self._method(name):
                assert times <= self.refused[name] + 1

    @invariant()
    def one_object_keeps_its_order(self) -> None:
        for places in self.order.values():
            assert places == sorted(places)

    @invariant()
    def each_ends_once(self) -> None:
        assert all(len(ends) == 1 for ends in self.ends.values())
        assert not self.open.keys() & self.ends.keys()

    @override
    def teardown(self) -> None:
        """With no more crashes everything ends."""
        for name in REPLICAS:
            self.crash(name)
        for _ in range(4 * self.places + 4):
            self.now += 1000.0
            self.look("a")
            self.take("a", slow=False)
            for held in list(self.at_work["a"].values()):
                self.send("a", list(self.at_work["a"]).index(held.id))
            while self.at_work["a"]:
                self.hear("a", 0, "answer")
        assert not self.open
        assert Counter(map(len, self.ends.values())) == ({1: self.places} if self.places else {})

    def _pick(self, replica: str, pick: int) -> Job | None:
        held = list(self.at_work[replica].values())
        return held[pick % len(held)] if held else None

    def _swap(self, before: Job, after: Job) -> bool:
        if self.open.get(before.id) != before:
            return False
        self.open[before.id] = after
        return True

    def _end(self, before: Job, state: State) -> None:
        if self._swap(before, before):
            del self.open[before.id]
            self.ends[before.id].append(state)
            self.methods[before.id] = before.asked.method

    def _method(self, name: str) -> str:
        return self.open[name].asked.method if name in self.open else self.methods[name]


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
