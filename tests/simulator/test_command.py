import argparse
import os
import signal

import pytest

from gateway.simulator import Options, Simulator, add_arguments, command, options_from, run
from gateway.simulator.accounts import USERS
from gateway.simulator.command import greeting


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_defaults_are_those_of_the_options() -> None:
    assert options_from(parsed()) == Options()
    assert (parsed().host, parsed().port) == ("127.0.0.1", 0)


def test_every_argument_arrives() -> None:
    words = ["--limit=5", "--period=2", "--per-day=7", "--latency=0.5", "--scale=0.1", "--seed=3"]
    arguments = parsed(*words, "--port=8", "--host=::1")
    expected = Options(limit=5, period=2, per_day=7, latency=0.5, scale=0.1, seed=3)
    assert options_from(arguments) == expected
    assert (arguments.host, arguments.port) == ("::1", 8)


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("--port=99999", "a port from 0 to 65535"),
        ("--port=-1", "a port from 0 to 65535"),
        ("--limit=-3", "a whole number from 0"),
        ("--per-day=1.5", "a whole number from 0"),
        ("--scale=nan", "a number from 0"),
        ("--latency=x", "a number from 0"),
        ("--period=inf", "a number from 0"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(capsys: pytest.CaptureFixture[str], word: str, right: str) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(word)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert right in told
    assert word.partition("=")[2] in told


def test_the_greeting_names_every_token_and_a_line_to_try() -> None:
    simulator = Simulator()
    simulator.url = "http://127.0.0.1:5/"
    text = greeting(simulator)
    assert all(token in text for token in USERS)
    assert "curl -u acmeadmin01:x 'http://127.0.0.1:5/task/?limit=3'" in text
    assert "account suspended" in text
    assert "user inactive" in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_interrupted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    def interrupted(simulator: Simulator) -> str:
        os.kill(os.getpid(), number)
        return greeting(simulator)

    monkeypatch.setattr(command, "greeting", interrupted)
    run(options=Options(scale=0.02))
    assert "simulator on http://127.0.0.1:" in capsys.readouterr().out
