# The service alone: it has no database inside and refuses to start without the URL of one.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
WORKDIR /source
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock ./
RUN python3 -m venv /opt/waypost \
    && /opt/waypost/bin/pip install --require-hashes -r requirements.lock
# The build backend comes by hash as well, with the other tools, and stays behind in this stage.
COPY requirements-dev.lock ./
RUN python3 -m venv /opt/tools \
    && /opt/tools/bin/pip install --require-hashes -r requirements-dev.lock
COPY pyproject.toml README.md LICENSE ./
COPY service ./service
COPY migrations ./migrations
RUN /opt/tools/bin/hatchling build --target wheel --directory dist \
    && /opt/waypost/bin/pip install --no-deps dist/*.whl \
    && /opt/waypost/bin/pip uninstall --yes pip

FROM ${BASE}
COPY --from=build /opt/waypost /opt/waypost
ENV PATH=/opt/waypost/bin:$PATH \
    PYTHONUNBUFFERED=1 \
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
