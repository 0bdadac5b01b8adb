"""What a notice becomes for those who are to be told."""

from __future__ import annotations

from gateway.exchange.webhooks.outbox import RecordsOutbox
from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Notice
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.subscription import Origin, Subscription

ACME = AccountName("acme")


def subscription(name: str, *events: str, account: str = "acme") -> Subscription:
    return Subscription(name, f"https://{name}.internal/", events, AccountName(account), Origin.CONFIGURATION)


SUBSCRIBERS = [
    subscription("board", "intervals.client.*"),
    subscription("alarm", "quota.*", "intervals.*.deleted"),
    subscription("elsewhere", "*", account="globex"),
]
GONE = Notice("evt_1", "intervals.client.deleted", ACME, 12.0, {"id": 5})


def outbox() -> RecordsOutbox:
    return RecordsOutbox(lambda: SUBSCRIBERS, lambda: None)


def test_it_knows_what_is_worth_finding_out() -> None:
    assert outbox().subscribed(ACME, "intervals.client.created")
    assert not outbox().subscribed(ACME, "intervals.task.created")
    assert outbox().subscribed(AccountName("globex"), "intervals.task.created")


def test_everybody_who_subscribes_gets_a_record_of_their_own() -> None:
    edits = outbox().posting(GONE)
    assert [edit.key for edit in edits] == [
        "board/00000000012000000/00000000012000000/evt_1",
        "alarm/00000000012000000/00000000012000000/evt_1",
    ]
    written = [delivery.load(edit.after or "") for edit in edits]
    assert [it.id for it in written if it is not None] == ["evt_1", "evt_1"]


def test_what_nobody_subscribes_to_leaves_no_record() -> None:
    assert outbox().posting(Notice("evt_2", "intervals.task.created", ACME, 12.0, {})) == []


def test_a_callback_goes_to_the_address_whoever_subscribes() -> None:
    [edit] = outbox().calling_back(GONE, app=AppName("timesheets"), url="https://tool.internal/done")
    written = delivery.load(edit.after or "")
    assert written is not None
    assert (written.app, written.url) == ("timesheets", "https://tool.internal/done")


def test_waking_reaches_the_deliverer() -> None:
    woken: list[None] = []
    RecordsOutbox(lambda: (), lambda: woken.append(None)).wake()
    assert woken == [None]
