"""Build the image and see it at work: `python3 tests/container/smoke.py [options for buildah bud]`.

What the image says is what is run: its command serves as the user it names, its health check agrees, SIGTERM ends it
with 0. It needs root, buildah, the base image (pulled if it is not there) and the ports 8080 and 9464. It is no part of
`make test`, which never leaves the machine.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

IMAGE = "localhost/intervals-gateway-smoke"
INSIDE = "/mnt/smoke.py"
CONFIGURATION = """
[upstream]
url = "http://127.0.0.1:9/"
reconcile = "0s"
[accounts.acme]
per_day = 6000
token = "abcdefghij1"
[apps.timesheets]
account = "acme"
key = "fifteen-men-on-a-chest"
"""


def built(options: list[str]) -> dict[str, Any]:
    """Build the image; returns what it says about itself (the Docker form knows the health check)."""
    buildah("bud", "--isolation", "chroot", "--format", "docker", "--tag", IMAGE, *options, ".")
    said: dict[str, Any] = json.loads(buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]
    return said


def buildah(*words: str) -> str:
    return subprocess.run(["buildah", *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def outside(options: list[str]) -> None:
    os.chdir(Path(__file__).resolve().parents[2])
    said = built(options)
    container = buildah("from", "--pull-never", IMAGE).strip()
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            Path(folder, "config.toml").write_text(CONFIGURATION, encoding="utf-8")
            mounts = [f"--volume={folder}:/etc/intervals-gateway:ro", f"--volume={__file__}:{INSIDE}:ro"]
            run = ["run", "--isolation", "chroot", *mounts, container, "--", "python", INSIDE, "inside"]
            sys.stdout.write(buildah(*run, json.dumps(said)))
    finally:
        buildah("rm", container)
        buildah("rmi", IMAGE)


def inside(said: dict[str, Any]) -> None:
    check = said["Healthcheck"]["Test"][1:]
    well_before = subprocess.run(check, check=False, stderr=subprocess.DEVNULL).returncode == 0
    with subprocess.Popen([*said["Entrypoint"], *said["Cmd"]], stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        first = serving.stdout.readline()
        well = subprocess.run(check, check=False).returncode == 0
        serving.send_signal(getattr(signal, said["StopSignal"]))
        rest = serving.stdout.read()
    seen = {
        "serves": '"started"' in first,
        "is well only while it serves": well and not well_before,
        "is not root": f"{os.getuid()}:{os.getgid()}" == said["User"] and os.getuid() != 0,
        "keeps its state in the volume": Path(next(iter(said["Volumes"])), "gateway.db").is_file(),
        "has no compiler": not (shutil.which("cc") or shutil.which("gcc")),
        "stops with 0": serving.returncode == 0 and '"stopped"' in rest,
    }
    sys.stdout.write("".join(f"{'yes' if true else 'NO':<4}{what}\n" for what, true in seen.items()))
    sys.exit(0 if all(seen.values()) else f"{first}{rest}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        inside(json.loads(sys.argv[2]))
    else:
        outside(sys.argv[1:])
