"""Jobs as the tests of their rules make them."""

from __future__ import annotations

from typing import Any

from gateway.policy.jobs.job import Asked, Job
from gateway.policy.names import AccountName, AppName


def job(place: int = 1, *, method: str = "PUT", about: str = "/task/5", app: str = "tool", **changes: Any) -> Job:
    """One job of an app, by its place in the app's line."""
    asked = Asked(
        place=place,
        at=100.0,
        method=method,
        target=f"{about}/",
        resource="task",
        about=about,
        callback=changes.pop("callback", None),
        request_id="r1",
    )
    return Job(id=f"{app}{place}", app=AppName(app), account=AccountName("acme"), asked=asked, **changes)
