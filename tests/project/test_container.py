"""The image and the compose file agree with the gateway, with its locks and with `grafana/`.

Read, not run: `.ci/image` builds the image and sees it at work.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import sys
import tomllib
from asyncio import create_subprocess_exec
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpServer

from gateway.adapters.redis.server import check, close, connect
from gateway.app.running import _STOP_PATIENCE
from gateway.cli import COMMANDS
from gateway.settings import load
from tests.adapters.redis_server import RedisServer, require_redis
from tests.project.test_documentation import EXAMPLE, VARIABLES
from tests.project.tree import ROOT

Instruction = tuple[str, str]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def stages() -> list[list[Instruction]]:
    """The instructions of each stage, continued lines joined, comments left out."""
    lines = re.sub(r"(?m)^#.*\n", "", read("Dockerfile")).replace("\\\n", " ").splitlines()
    written = [(word, " ".join(rest.split())) for word, _, rest in (line.partition(" ") for line in lines if line)]
    starts = [place for place, (word, _) in enumerate(written) if word == "FROM"]
    return [written[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def last(word: str) -> str:
    """What the only instruction of this name in the final stage says."""
    (rest,) = (rest for name, rest in stages()[-1] if name == word)
    return rest


def environment() -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S+)", last("ENV")))


def services() -> dict[str, str]:
    """The lines of each service of compose.yaml."""
    part = re.sub(r"(?m)^ *#.*\n", "", read("compose.yaml")).partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    split = re.split(r"(?m)^  (\w+):\n", part)[1:]
    return dict(zip(split[::2], split[1::2], strict=True))


def mounts(service: str) -> dict[str, str]:
    """Where each target comes from: a path of the repository, or a volume."""
    text = services()[service]
    short = re.findall(r"(?m)^ +- ([\w./]+):(/[\w./-]+)(?::ro)?$", text)
    return {target: source for source, target in [*short, *re.findall(r"source: (\S+)\n +target: (\S+)", text)]}


def test_both_stages_start_from_the_same_slim_python_that_the_gateway_supports() -> None:
    build, final = (stage[0][1] for stage in stages())
    assert build == f"{final} AS build"
    named = re.fullmatch(r"python:3\.(\d+)-slim-[a-z]+", final)
    assert named
    assert 11 <= int(named[1]) <= 14


def test_everything_installed_is_named_by_a_lock_with_its_hash() -> None:
    steps = [step for word, rest in stages()[0] if word == "RUN" for step in rest.split(" && ") if "pip" in step]
    pips = [step for step in steps if re.search(r" (install|wheel) ", step)]
    assert len(pips) == 4
    for step in pips:
        assert "--require-hashes" in step or "--no-index" in step, step
    locks = re.findall(r"--requirement (\S+)", " ".join(pips))
    assert locks == ["requirements-build.lock", "requirements.lock"]


def test_the_final_stage_installs_nothing_and_copies_only_what_was_built() -> None:
    final = " ".join(rest for word, rest in stages()[-1] if word == "RUN")
    assert not re.search(r"\b(pip|apt-get|apt|gcc|curl|wget)\b", final)
    assert last("COPY") == "--from=build /opt/intervals-gateway /opt/intervals-gateway"


def test_it_runs_as_a_user_of_its_own_whose_folder_is_the_volume() -> None:
    assert last("USER") == "10001:10001"
    assert "--uid 10001" in last("RUN")
    assert last("VOLUME") == last("WORKDIR") == "/var/lib/intervals-gateway"
    assert f"--owner=gateway --group=gateway --mode=0750 {last('VOLUME')}" in last("RUN")


def test_it_stops_by_a_signal_to_the_gateway_itself() -> None:
    (program,) = json.loads(last("ENTRYPOINT"))
    command, option, path = json.loads(last("CMD"))
    assert program in tomllib.loads(read("pyproject.toml"))["project"]["scripts"]
    assert command in COMMANDS
    assert (option, path) == ("--config", "/etc/intervals-gateway/config.toml")
    assert last("STOPSIGNAL") == "SIGTERM"


def test_the_image_listens_on_every_interface_at_the_ports_of_the_example() -> None:
    example = tomllib.loads(read(EXAMPLE.name))
    loaded = load(EXAMPLE, {**environment(), **{name: VARIABLES[name.rpartition("_")[2]] for name in secrets()}})
    assert {loaded.server.host, loaded.operations.host} == {"0.0.0.0"}
    ports = (loaded.server.port, loaded.operations.port)
    assert ports == (example["server"]["port"], example["operations"]["port"])
    assert last("EXPOSE") == "{} {}".format(*ports)
    assert re.match(r"sqlite:///\w", loaded.store.url), "relative, so that it is in the volume"


def secrets() -> list[str]:
    """The variables the example configuration refers to."""
    return re.findall(r'(?m)^\w.*env = "(\w+)"', EXAMPLE.read_text(encoding="utf-8"))


def test_no_secret_can_get_into_the_image() -> None:
    assert not {word for stage in stages() for word, _ in stage} & {"ADD", "ARG"}
    assert all(re.match(r"PATH$|PYTHON|GATEWAY_(SERVER|OPERATIONS)__", name) for name in environment())
    copied = {name for word, rest in stages()[0] if word == "COPY" for name in rest.split()[:-1]}
    first, *rules = re.sub(r"(?m)^#.*\n", "", read(".dockerignore")).split()
    assert first == "*"
    assert {rule for rule in rules if rule.startswith("!")} == {f"!{name}" for name in copied}
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
async def test_the_health_check_asks_livez(aiohttp_server: AiohttpServer, status: int, code: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status)

    listening = web.Application()
    listening.router.add_get("/livez", answer)
    port = (await aiohttp_server(listening)).port
    _python, *words = json.loads(last("HEALTHCHECK").partition(" CMD ")[2])
    words[-1] = words[-1].replace(environment()["GATEWAY_OPERATIONS__PORT"], str(port))
    assert await (await create_subprocess_exec(sys.executable, *words)).wait() == code


def test_what_is_mounted_is_there() -> None:
    sources = {source for name in services() for source in mounts(name).values()}
    paths = {source for source in sources if source.startswith("./")}
    assert paths == {"./config.toml", "./grafana/prometheus", "./grafana/provisioning", "./grafana/dashboards"}
    assert all((ROOT / path).is_dir() for path in paths - {"./config.toml"})
    assert "/config.toml" in read(".gitignore").split()
    assert set(re.findall(r"(?m)^  (\w+):$", read("compose.yaml").partition("\nvolumes:\n")[2])) == sources - paths


def test_the_gateway_finds_its_configuration_and_its_state() -> None:
    assert mounts("gateway") == {json.loads(last("CMD"))[2]: "./config.toml", last("VOLUME"): "gateway"}
    assert "read_only: true\n        bind: { create_host_path: false }" in services()["gateway"]


def test_what_was_spent_is_kept_by_valkey_for_one_gateway_and_for_several(tmp_path: Path) -> None:
    text = services()["valkey"]
    assert mounts("valkey") == {"/data": "valkey"}
    assert "GATEWAY_STORE__URL: ${STORE_URL:-redis://valkey:6379/0}\n" in services()["gateway"]
    assert "depends_on:\n      valkey: { condition: service_healthy }\n" in services()["gateway"]
    (command,) = re.findall(r"command: >-\n((?: {6}\S.*\n)+)", text)
    program, *options = shlex.split(command)
    assert program == "valkey-server"
    assert {"--appendonly yes", "--appendfsync always"} <= {" ".join(it) for it in pairwise(options)}
    require_redis()  # what Valkey began as takes the same options
    server = RedisServer(tmp_path, *options)
    server.start()
    complaints: list[tuple[str, str]] = []

    async def look() -> None:
        client = connect(server.url, timeout=5.0)
        await check(client, lambda name, detail: complaints.append((name, detail)))
        await close(client)

    asyncio.run(look())
    server.stop()
    assert complaints == []


def test_prometheus_finds_its_rules_and_the_gateway() -> None:
    text = services()["prometheus"]
    (configuration,) = re.findall(r"--config.file=(\S+)", text)
    folder = ROOT / mounts("prometheus")[str(Path(configuration).parent)]
    written = (folder / Path(configuration).name).read_text(encoding="utf-8")
    assert f"targets: [gateway:{environment()['GATEWAY_OPERATIONS__PORT']}]" in written
    assert all(any(folder.glob(name)) for name in re.findall(r"- (rules/\S+)", written))
    (state,) = re.findall(r"--storage.tsdb.path=(\S+)", text)
    assert mounts("prometheus")[state] == "prometheus"
    assert "--enable-feature=exemplar-storage" in text


def test_grafana_finds_its_dashboards_and_prometheus() -> None:
    found = mounts("grafana")
    provisioning = ROOT / found["/etc/grafana/provisioning"]
    (boards,) = re.findall(r"path: (\S+)", (provisioning / "dashboards/intervals-gateway.yaml").read_text("utf-8"))
    assert found[boards] == "./grafana/dashboards"
    assert "url: http://prometheus:9090\n" in (provisioning / "datasources/prometheus.yaml").read_text("utf-8")


def test_only_callers_and_the_dashboards_are_published_and_only_on_this_machine() -> None:
    published = {name: re.findall(r'(?m)^ +- "(\S+)"$', text) for name, text in services().items()}
    assert published == {
        "gateway": ["${LISTEN_ADDRESS:-127.0.0.1}:8080:8080"],
        "valkey": [],
        "prometheus": [],
        "grafana": ["127.0.0.1:3000:3000"],
    }


def test_compose_passes_the_secrets_of_the_example_and_holds_none() -> None:
    assert re.findall(r"(?m)^ {6}([A-Z_]+):$", services()["gateway"]) == secrets()
    values = re.findall(r"(?m)^ +\w*(?:PASSWORD|TOKEN|KEY|SEC\w*):[ ]*(.*)$", read("compose.yaml"))
    assert {value for value in values if value} == {"${GRAFANA_PASSWORD:?set it in .env}"}


@pytest.mark.parametrize("name", ["gateway", "valkey", "prometheus", "grafana"])
def test_every_service_comes_back_is_bounded_and_watched(name: str) -> None:
    text = services()[name]
    assert "<<: *service\n" in text
    assert re.search(r'limits: \{ cpus: "\d", memory: \d+[MG], pids: \d+ \}', text)
    assert ("healthcheck:" in text) is (name != "gateway"), "the image of the gateway has its own"
    (image,) = re.findall(r"(?m)^ +image: (\S+)$", text)
    assert image == "intervals-gateway" or re.fullmatch(r"[\w/]+:v?\d+\.\d+\.\d+", image)


def test_a_stop_may_take_as_long_as_the_gateway_lets_it() -> None:
    (seconds,) = re.findall(r"stop_grace_period: (\d+)s", services()["gateway"])
    assert int(seconds) > 2 * _STOP_PATIENCE, "first what was sent, then what runs in the background"
