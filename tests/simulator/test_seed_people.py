from gateway.simulator.accounts import USERS
from gateway.simulator.service import Service
from tests.simulator.asking import rows


def test_the_owners_of_tokens_have_their_groups(readable: Service) -> None:
    people = list(readable.world("acme").rows("person"))
    letters = {"1": "A", "2": "M", "3": "R", "4": "E"}
    for user in USERS.values():
        if user.account == "acme":
            row = people[user.person]
            assert letters[row["groupid"] or ""] == user.group
            assert (row["restricttasks"] == "t") is user.restricted


def test_null_and_empty_both_occur(readable: Service) -> None:
    clients = rows(readable, "/client/?limit=0")
    assert {None, ""} <= {row["email"] for row in clients} | {row["phone"] for row in clients}
    assert any(row["active"] == "f" for row in clients)
