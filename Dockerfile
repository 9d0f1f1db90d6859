# The service alone: it has no database inside and refuses to start without the URL of one.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
# Everything comes by hash. The tools are installed from a place of their own and stay behind.
WORKDIR /source
COPY requirements.lock requirements-build.lock ./
RUN python3 -m venv /opt/tools \
    && python3 -m venv --without-pip /opt/waypost \
    && /opt/tools/bin/pip install --require-hashes -r requirements-build.lock \
    && /opt/tools/bin/pip --python /opt/waypost/bin/python install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY service ./service
COPY migrations ./migrations
# Compiled once, here: the service's user may not write beside the code, nor need anyone look
# whether a source is newer.
RUN /opt/tools/bin/hatchling build --target wheel --directory dist \
    && /opt/tools/bin/pip --python /opt/waypost/bin/python install --no-deps dist/*.whl \
    && /opt/waypost/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/waypost/lib

FROM ${BASE}
COPY --from=build /opt/waypost /opt/waypost
ENV PATH=/opt/waypost/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WAYPOST_IN_CONTAINER=1 \
    WAYPOST_HOST=0.0.0.0 \
    WAYPOST_PORT=8000
WORKDIR /tmp
USER 10001:10001
EXPOSE 8000
# For `waypost serve`; a container that runs `waypost migrate` switches it off.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request as http; http.urlopen('http://127.0.0.1:%s/readyz' % os.environ['WAYPOST_PORT'], timeout=2)"]
ENTRYPOINT ["waypost"]
CMD ["serve"]
