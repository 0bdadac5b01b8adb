from __future__ import annotations

import aiohttp
from aiohttp import web
from pytest_aiohttp import AiohttpServer

from gateway.demo.readings import Journal, Standing, journal, standing

METRICS = """\
# TYPE intervals_gateway_quota_limit_requests gauge
intervals_gateway_quota_limit_requests{budget="default",window="minute"} 100.0
intervals_gateway_quota_limit_requests{budget="acme",window="day"} 6000.0
# TYPE intervals_gateway_quota_used_requests gauge
intervals_gateway_quota_used_requests{budget="default",source="ledger",window="minute"} 40.0
intervals_gateway_quota_used_requests{budget="acme",source="ledger",window="day"} 41.0
intervals_gateway_quota_used_requests{budget="acme",source="upstream",window="day"} 77.0
# TYPE intervals_gateway_queue_requests gauge
intervals_gateway_queue_requests{egress="default",priority="interactive"} 2.0
intervals_gateway_queue_requests{egress="default",priority="batch"} 5.0
# TYPE intervals_gateway_upstream_requests_total counter
intervals_gateway_upstream_requests_total{account="acme",app="sync",method="GET",resource="client"} 30.0
intervals_gateway_upstream_requests_total{account="acme",app="sync",method="POST",resource="time"} 11.0
"""


async def metrics(_: web.Request) -> web.Response:
    return web.Response(text=METRICS)


async def arrivals(request: web.Request) -> web.Response:
    assert dict(request.query) == {"period": "2.5", "last": "0"}
    return web.json_response({"requests": 7, "refused": [{}], "worst_window": {"period": 2.5, "requests": 3}})


async def test_both_programs_are_read_from_outside(aiohttp_server: AiohttpServer) -> None:
    app = web.Application()
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/__simulator__/journal", arrivals)
    server = await aiohttp_server(app)
    url = str(server.make_url("/"))
    async with aiohttp.ClientSession() as session:
        assert await standing(session, url) == Standing(period_left=60, day_left=5959, line=7, sent=41)
        assert await journal(session, url, period=2.5) == Journal(requests=7, refused=1, worst=3)
