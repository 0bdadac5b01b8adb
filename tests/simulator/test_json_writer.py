from gateway.simulator.answers import Answer
from gateway.simulator.json_writer import write_json


def test_a_list_byte_for_byte() -> None:
    row = {"id": "1", "name": 'caf&eacute; "é" a/b 😀\n', "email": None, "fax": "", "active": "t"}
    assert write_json(Answer(7, "client", [row], listcount=2)) == (
        b'{"personid":7,"status":"OK","code":200,"listcount":2,"client":[{"id":"1",'
        b'"name":"caf&eacute; \\"\\u00e9\\" a\\/b \\ud83d\\ude00\\n","email":null,"fax":"","active":"t"}]}'
    )


def test_a_member_has_no_listcount() -> None:
    expected = b'{"personid":7,"status":"Created","code":201,"client":{"id":"1"}}'
    assert write_json(Answer(7, "client", {"id": "1"}, status=201)) == expected


def test_a_list_without_rows_keeps_its_key_unless_told() -> None:
    empty = Answer(7, "client", [], listcount=0)
    assert write_json(empty).endswith(b'"listcount":0,"client":[]}')
    assert write_json(empty, empty_list_key=False).endswith(b'"listcount":0}')
