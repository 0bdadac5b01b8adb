"""Answers as XML, as the vendor's examples show it: null is a self-closed tag, empty text an open and close pair,
reserved characters stand in CDATA, rows are named item, and there is no white space between tags."""

from collections.abc import Mapping

from gateway.simulator.answers import Answer, Content, Record, Value

_PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write_xml(answer: Answer) -> bytes:
    """The body. The envelope's values are attributes of the root: status, code, personid, listcount."""
    status = _attribute(answer.reason)
    root = f'intervals status="{status}" code="{answer.status}" personid="{answer.person}"'
    if answer.listcount is not None:
        root += f' listcount="{answer.listcount}"'
    inner = "" if answer.content is None else _element(answer.resource, _content(answer.content))
    return f"{_PROLOGUE}<{root}>{inner}</intervals>".encode()


def _content(content: Content) -> str:
    if isinstance(content, Mapping):
        return _record(content)
    return "".join([_element("item", _record(row)) for row in content])


def _record(record: Record) -> str:
    return "".join([_field(name, value) for name, value in record.items()])


def _field(name: str, value: Value) -> str:
    if value is None:
        return f"<{name}/>"
    if isinstance(value, str | int):
        return f"<{name}>{_text(str(value))}</{name}>"
    return _element(name, "".join([_element("item", _text(part)) for part in value]))


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"


def _text(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return text


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
