import html

from gateway.simulator import seed_words


def test_text_is_escaped_as_the_service_stores_it() -> None:
    titles = seed_words.CLIENT_NAMES + seed_words.TASK_TITLES + seed_words.PROJECT_NAMES
    assert not any("<" in text or ">" in text for text in titles)
    assert any(html.unescape(text) != text for text in titles)


def test_awkward_cases_are_all_there() -> None:
    texts = (*seed_words.HTML_TEXTS, *seed_words.PLAIN_TEXTS, *seed_words.CLIENT_NAMES)
    everything = "".join(text for text in texts if text)
    assert {None, ""} <= set(texts)
    for awkward in ("&amp;", "&eacute;", "&rsquo;", "]]>", "/", '"', "\\", "é", "\U0001f680", "\n"):
        assert awkward in everything, awkward
