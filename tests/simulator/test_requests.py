import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import ask, error


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/", (400, 13)),
        ("/nosuch/", (400, 13)),
        ("/Client/", (400, 13)),
        ("/customer/5/", (400, 13)),
        ("/task/reopen/", (400, 15)),
        ("/task/210001/reopen/", (400, 15)),
        ("/task/210001/download/", (400, 15)),
        ("/document/60001/download/again/", (400, 15)),
        ("/document/999/download/", (404, 14)),
        ("/task/999/", (404, 14)),
        ("/quota/1/", (400, 16)),
        ("/contacttype/1/", (400, 16)),
    ],
)
def test_paths_that_lead_nowhere(readable: Service, target: str, expected: tuple[int, int]) -> None:
    assert error(readable, target) == expected


@pytest.mark.parametrize("target", ["/task", "/task/", "/task/210001", "/task/210001/", "/me", "/quota"])
def test_the_last_slash_is_optional(readable: Service, target: str) -> None:
    assert ask(readable, target).status == 200


def test_a_download_is_a_picture(readable: Service) -> None:
    reply = ask(readable, "/document/60001/download/", accept="image/*")
    assert reply.body.startswith(b"\x89PNG\r\n\x1a\n")
    assert reply.headers == {
        "Content-Type": "image/png",
        "Content-Disposition": 'attachment; filename="screenshot-1.png"',
    }
    assert reply.body == ask(readable, "/document/60001/download").body
    assert error(readable, "/document/60001/download/", method="POST") == (400, 16)


def test_a_body_without_length_is_411(service: Service) -> None:
    assert error(service, "/client/", method="POST", body={"name": "x"}, sized=False) == (411, 18)


@pytest.mark.parametrize("content_type", ["", "text/plain", "multipart/form-data; boundary=x"])
def test_a_body_needs_its_type(service: Service, content_type: str) -> None:
    reply = error(service, "/client/", method="POST", body={"name": "x"}, content_type=content_type)
    assert reply == (400, 18)
