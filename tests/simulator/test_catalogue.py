from gateway.simulator.catalogue import EVERYONE, catalogue


def test_the_vendor_s_page_of_client() -> None:
    client = catalogue()["client"]
    assert client.member == {"GET": EVERYONE, "PUT": {"A"}, "DELETE": {"A"}, "POST": {"A"}}
    assert client.columns("R") == ("id", "name", "active", "localidunpadded", "localid")
    assert client.columns("A")[:4] == ("id", "name", "datecreated", "description")
    assert (client.fields["name"].max, client.fields["name"].required) == (255, True)
    assert client.filters["localid"].multi
    assert client.paged


def test_what_may_not_be_read_or_written() -> None:
    assert "password" not in catalogue()["person"].columns("A")
    assert catalogue()["client"].fields["id"].type is None
    assert not catalogue()["me"].paged
    assert catalogue()["milestonenote"].filters["milestoneid"].required


def test_every_default_order_is_a_documented_one() -> None:
    assert catalogue()["expense"].filters["sortdir"].default == "DESC"
    assert all("id" in entry.fields for name, entry in catalogue().items() if name not in {"quota", "projectteam"})
