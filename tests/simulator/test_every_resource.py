"""Each of the 34 resources, in both formats, as people of each group see it."""

import json
from xml.etree import ElementTree as ET

import pytest

from gateway.simulator.catalogue import Resource, catalogue
from gateway.simulator.service import Service
from tests.simulator.asking import ask, error, got

REQUIRED = {
    "contactdescriptor": "contacttypeid=1",
    "invoiceitem": "invoiceid=130001",
    "invoicenote": "invoiceid=130001",
    "milestonenote": "milestoneid=31001",
    "personcontact": "personid=2001",
    "projectteam": "projectid=11001",
}
LISTS = [name for name in catalogue() if name not in {"quota", "projectteam"}]
TOKENS = {"A": "acmeadmin01", "M": "acmemanag01", "R": "acmeresou01", "E": "acmeexecu01"}


def test_there_are_34() -> None:
    assert len(catalogue()) == 34


@pytest.mark.parametrize("name", LISTS)
def test_list_has_rows_with_every_documented_column_in_order(readable: Service, name: str) -> None:
    answer = got(readable, f"/{name}/?{REQUIRED.get(name, '')}")
    assert list(answer) == ["personid", "status", "code", "listcount", name]
    assert answer["listcount"] >= len(answer[name]) > 0
    assert list(answer[name][0]) == list(catalogue()[name].columns("A"))
    values = {type(value) for row in answer[name] for value in row.values()}
    assert values <= {str, type(None)}


@pytest.mark.parametrize("name", catalogue())
def test_both_formats_say_the_same(readable: Service, name: str) -> None:
    target = f"/{name}/?{REQUIRED.get(name, '')}"
    written = json.loads(ask(readable, target).body)
    root = ET.XML(ask(readable, target, accept="application/xml").body)
    assert root.attrib == {
        key: str(written[key]) for key in ("status", "code", "personid", "listcount") if key in written
    }
    assert read_back(root[0], written[name]) == written[name]


def read_back(element: ET.Element, like: object) -> object:
    """An element as the JSON it should equal; a null and an empty text are one to a parser."""
    if isinstance(like, list):
        assert all(child.tag == "item" for child in element)
        return [read_back(child, part) for child, part in zip(element, like, strict=True)]
    if isinstance(like, dict):
        return {child.tag: read_back(child, like[child.tag]) for child in element}
    return like if like is None and element.text is None else element.text or ""


@pytest.mark.parametrize("resource", catalogue().values(), ids=str)
@pytest.mark.parametrize("group", "AMRE")
def test_groups_read_what_the_documents_allow(readable: Service, resource: Resource, group: str) -> None:
    reply = ask(readable, f"/{resource.name}/?{REQUIRED.get(resource.name, '')}", token=TOKENS[group])
    expected = (200, 0) if group in resource.collection["GET"] else (403, 10)
    assert (reply.status, reply.api_code) == expected


@pytest.mark.parametrize("resource", [entry for entry in catalogue().values() if entry.member.get("GET")], ids=str)
def test_member_equals_its_row_in_the_list(readable: Service, resource: Resource) -> None:
    if resource.name == "projectteam":
        assert got(readable, "/projectteam/11001/") == got(readable, "/projectteam/?projectid=11001")
        return
    listed = got(readable, f"/{resource.name}/?{REQUIRED.get(resource.name, '')}")[resource.name][0]
    answer = got(readable, f"/{resource.name}/{listed['id']}")
    assert list(answer) == ["personid", "status", "code", resource.name]
    assert answer[resource.name] == listed


@pytest.mark.parametrize("resource", [entry for entry in catalogue().values() if not entry.member.get("GET")], ids=str)
def test_collections_without_members(readable: Service, resource: Resource) -> None:
    assert error(readable, f"/{resource.name}/1/") == (400, 16)


@pytest.mark.parametrize("name", REQUIRED)
def test_required_filters(readable: Service, name: str) -> None:
    assert error(readable, f"/{name}/") == (400, 18)


@pytest.mark.parametrize("resource", [entry for entry in catalogue().values() if not entry.paged], ids=str)
def test_limit_is_refused_where_it_is_not_documented(readable: Service, resource: Resource) -> None:
    assert error(readable, f"/{resource.name}/?limit=5") == (400, 17)


@pytest.mark.parametrize(
    ("name", "filtered"),
    [(name, filtered) for name, entry in catalogue().items() for filtered in entry.filters],
)
def test_every_documented_filter_is_understood(readable: Service, name: str, filtered: str) -> None:
    kind = catalogue()[name].filters[filtered].type
    fitting = {"integer": "1", "boolean": "t", "date": "2025-06-10", "datetime": "2025-06-12 00:00:00", "string": "x"}
    chosen = {"sortfield": (*catalogue()[name].sort, "id")[0], "sortdir": "desc", "status": "paid"}
    value = chosen.get(filtered, fitting[kind])
    begin = {"dateend": "&datebegin=2025-06-06", "datemodifiedend": "&datemodifiedbegin=2025-06-06"}
    extra = begin.get(filtered, "") if name == "tasknote" else ""
    required = "" if filtered in REQUIRED.get(name, "").partition("=")[0] else f"&{REQUIRED.get(name, '')}"
    reply = ask(readable, f"/{name}/?{filtered}={value}{extra}{required}")
    assert (reply.status, reply.api_code) == (200, 0), reply.body


@pytest.mark.parametrize(
    ("name", "filtered"),
    [
        (entry.name, spec.name)
        for entry in catalogue().values()
        for spec in entry.filters.values()
        if spec.type != "string"
    ],
)
def test_every_typed_filter_refuses_what_is_not_of_its_type(readable: Service, name: str, filtered: str) -> None:
    required = REQUIRED.get(name, "")
    assert error(readable, f"/{name}/?{required}&{filtered}=nonsense") == (400, 18)
