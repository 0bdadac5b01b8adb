# The image of the gateway; docs/deploying.md tells how to build and run it.

FROM python:3.13-slim-trixie AS build
WORKDIR /build
COPY requirements-build.lock requirements.lock ./
# The locks name every file by its hash; the one source archive is built with the locked setuptools, without a compiler.
RUN python3 -m venv tools \
    && tools/bin/pip install --no-cache-dir --require-hashes --requirement requirements-build.lock \
    && tools/bin/pip wheel --no-cache-dir --require-hashes --no-build-isolation --use-pep517 \
        --wheel-dir wheels --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY gateway gateway
RUN tools/bin/pip wheel --no-cache-dir --no-index --no-deps --no-build-isolation --wheel-dir wheels . \
    && python3 -m venv --without-pip /opt/intervals-gateway \
    && tools/bin/pip --python /opt/intervals-gateway/bin/python \
        install --no-cache-dir --no-index --no-deps wheels/*.whl

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="intervals-gateway" \
      org.opencontainers.image.description="A shared access point in front of the Intervals API" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 gateway \
    && useradd --uid 10001 --gid gateway --no-create-home --home-dir /var/lib/intervals-gateway \
        --shell /usr/sbin/nologin gateway \
    && install --directory --owner=gateway --group=gateway --mode=0750 /var/lib/intervals-gateway
COPY --from=build /opt/intervals-gateway /opt/intervals-gateway
# A container's own loopback reaches nobody, and what is below counts on these ports: they override the file's.
ENV PATH=/opt/intervals-gateway/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GATEWAY_SERVER__HOST=0.0.0.0 \
    GATEWAY_SERVER__PORT=8080 \
    GATEWAY_OPERATIONS__HOST=0.0.0.0 \
    GATEWAY_OPERATIONS__PORT=9464
EXPOSE 8080 9464
USER 10001:10001
# sqlite:///gateway.db, the default, is relative to this folder.
WORKDIR /var/lib/intervals-gateway
VOLUME /var/lib/intervals-gateway
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-I", "-c", "from http.client import HTTPConnection as To; to = To('127.0.0.1', 9464, timeout=3); to.request('GET', '/livez'); raise SystemExit(to.getresponse().status != 200)"]
ENTRYPOINT ["intervals-gateway"]
CMD ["serve", "--config", "/etc/intervals-gateway/config.toml"]
