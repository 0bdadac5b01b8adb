import pytest

from gateway.policy import catalogue

ROWS = catalogue.load()


def test_all_34_documented_resources_have_a_row() -> None:
    assert len(ROWS.resources) == 34


@pytest.mark.parametrize(
    ("path", "resource", "member"),
    [
        ("/client", "client", None),
        ("/client/", "client", None),
        ("/client/5", "client", "5"),
        ("/client/5/", "client", "5"),
        ("/task/0012/", "task", "0012"),
    ],
)
def test_a_path_matches_with_or_without_its_final_slash(path: str, resource: str, member: str | None) -> None:
    match = ROWS.match(path)
    assert match is not None
    assert (match.resource.name, match.member) == (resource, member)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/customer/",
        "/Client/",
        "//client/",
        "/client//",
        "/document/5/download/",
        "/client/5/x/y",
        "/%63lient/",
        "/client/..",
        "/client/%2e%2e/",
        "/client/..%2fperson/",
        "/client/./",
    ],
)
def test_anything_else_is_no_documented_record(path: str) -> None:
    assert ROWS.match(path) is None


def test_a_label_is_a_documented_resource_or_other() -> None:
    assert ROWS.label("/document/5/download/") == "document"
    assert ROWS.label("/customer/1/") == "other"


@pytest.mark.parametrize(
    "path", ["/quota/../client/", "/quota/%2e%2e/client/", "/quota/..%2fclient/", "/quota/..;/client/"]
)
def test_a_path_that_may_be_read_as_another_has_no_label_of_its_own(path: str) -> None:
    """What is labelled `quota` is free of the day, and `allow` goes by labels too."""
    assert ROWS.label(path) == "other"


def test_writes_reach_what_they_may_change() -> None:
    assert {"time", "task", "milestone", "invoice"} <= ROWS.changed_by("time")
    assert "project" in ROWS.changed_by("client")
    assert ROWS.changed_by("unknown") == {"unknown"}


@pytest.mark.parametrize("name", sorted(ROWS.resources))
def test_effects_name_documented_resources_and_every_write_reaches_itself(name: str) -> None:
    assert ROWS.resources[name].changes_after <= ROWS.resources.keys()
    assert name in ROWS.changed_by(name)


@pytest.mark.parametrize(
    ("resource", "member", "query", "stored"),
    [
        ("client", None, "", True),
        ("timer", None, "", False),
        ("timer", "5", "", False),
        ("quota", None, "", False),
        ("task", None, "projectid=1", True),
        ("task", None, "overdue=t", False),
        ("task", "5", "includetimerid=3", False),
        ("tasknote", None, "", False),
        ("tasknote", None, "taskid=4", True),
        ("tasknote", "9", "", True),
    ],
)
def test_what_moves_with_the_clock_is_not_stored(resource: str, member: str | None, query: str, stored: bool) -> None:
    assert (ROWS.resources[resource].why_not_stored(member=member, query=query) is None) is stored


def test_an_override_changes_only_what_it_names() -> None:
    rows = catalogue.load({"client": {"fresh": 5.0, "stale_if_error": None}})
    assert rows.resources["client"].lifetimes.fresh == 5.0
    assert rows.resources["client"].lifetimes.stale_if_error == ROWS.resources["client"].lifetimes.stale_if_error
    assert rows.resources["project"] == ROWS.resources["project"]


def test_a_row_with_an_unreadable_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="15 minutes"):
        catalogue.seconds("15 minutes")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/client/4501/", "client"),
        ("/CLIENT/4501", "client"),
        ("//client/4501/", "client"),
        ("/%63lient/4501", "client"),
        ("/client/4501/a/b/c", "client"),
        ("/time/../client/4501/", "client"),
        ("/time/%2e%2e/client/4501/", "client"),
        ("/clients/", "other"),
        ("/", "other"),
        ("/report/client/", "other"),
    ],
)
def test_a_lenient_service_may_mean_a_documented_resource(path: str, name: str) -> None:
    assert ROWS.meant(path) == name
