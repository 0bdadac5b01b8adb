from gateway.exchange.reading.question import Question
from gateway.policy import catalogue
from gateway.policy.messages import Headers, Request
from tests.fakes.exchange import caller

ROWS = catalogue.load()


def question(target: str, **fields: str) -> Question:
    request = Request("GET", target, Headers((name.replace("_", "-"), value) for name, value in fields.items()))
    match = ROWS.match(request.path)
    assert match is not None
    return Question(request, caller(), match)


def test_the_whole_list_is_asked_for_as_the_catalogue_says() -> None:
    assert question("/client/5").whole.request.target == "/client/?limit=2147483647"
    assert question("/group/").whole.request.target == "/group/"
    assert question("/client/5").whole.key == question("/client?limit=2147483647").key


def test_another_query_keeps_the_caller_and_its_directives() -> None:
    asked = question("/task/?offset=10", cache_control="no-cache").about("offset=20")
    assert asked.request.target == "/task/?offset=20"
    assert "no-cache" in asked.asked


def test_patience_is_the_shorter_one() -> None:
    assert question("/client/", prefer="wait=3").patience == 3.0
    assert question("/client/").patience == 30.0


def test_what_moves_with_the_clock_is_known() -> None:
    assert question("/timer/").never_stored
    assert question("/task/?overdue=t").never_stored
    assert not question("/task/").never_stored
