"""Customer accounts, their users' tokens, and the states that shut either of them out."""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum

from gateway.simulator.errors import Refused
from gateway.simulator.options import Options


class AccountState(StrEnum):
    """Whether an account is served at all."""

    ACTIVE = "active"
    NOT_FOUND = "not_found"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    BANNED = "banned"
    UNPAID = "unpaid"


class UserState(StrEnum):
    """Whether a token opens the account."""

    ACTIVE = "active"
    UNKNOWN = "unknown"
    INACTIVE = "inactive"


_ACCOUNT_CODES = {"not_found": 2, "inactive": 3, "suspended": 4, "banned": 5, "unpaid": 6}
_USER_CODES = {"unknown": 7, "inactive": 8}


@dataclass(frozen=True, slots=True)
class Account:
    """One customer account with its plan: requests per GMT day."""

    name: str
    per_day: int
    state: AccountState = AccountState.ACTIVE


@dataclass(frozen=True, slots=True)
class User:
    """The owner of a token: the nth person of the account, with the group that decides what is seen."""

    token: str
    account: str
    group: str
    person: int
    restricted: bool = False
    state: UserState = UserState.ACTIVE


ACCOUNTS = {
    account.name: account
    for account in (
        Account("acme", 6000),
        Account("globex", 12000),
        Account("vanished", 6000, AccountState.NOT_FOUND),
        Account("closed", 6000, AccountState.INACTIVE),
        Account("paused", 6000, AccountState.SUSPENDED),
        Account("barred", 6000, AccountState.BANNED),
        Account("unpaid", 6000, AccountState.UNPAID),
    )
}

USERS = {
    user.token: user
    for user in (
        User("acmeadmin01", "acme", "A", 0),
        User("acmemanag01", "acme", "M", 1),
        User("acmeresou01", "acme", "R", 2),
        User("acmeexecu01", "acme", "E", 3),
        User("acmerestr01", "acme", "R", 4, restricted=True),
        User("globexadm01", "globex", "A", 0),
        User("globexres01", "globex", "R", 2),
        User("notfoundac1", "vanished", "A", 0),
        User("inactiveac1", "closed", "A", 0),
        User("suspended01", "paused", "A", 0),
        User("bannedacct1", "barred", "A", 0),
        User("unpaidacct1", "unpaid", "A", 0),
        User("inactiveus1", "acme", "R", 5, state=UserState.INACTIVE),
    )
}


def token_of(authorization: str | None) -> str | None:
    """The token in an Authorization field: what stands before the first colon (any password); None if unreadable."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded.partition(":")[0] or None


def authenticate(token: str | None, options: Options) -> User:
    """The user behind a token. Raises Refused: 9 none, 7 unknown, 2 to 6 by the account's state, 8 inactive."""
    if token is None:
        raise Refused(9)
    user = USERS.get(token)
    if user is None:
        raise Refused(7)
    account_state = options.account_states.get(user.account, ACCOUNTS[user.account].state)
    if account_state != AccountState.ACTIVE:
        raise Refused(_ACCOUNT_CODES[account_state])
    user_state = options.user_states.get(token, user.state)
    if user_state != UserState.ACTIVE:
        raise Refused(_USER_CODES[user_state])
    return user
