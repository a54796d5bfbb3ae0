# Antichambre: one image for web, worker and migrate. Settings come from the environment only.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /app

# The libraries first: they change less often than the code, so this layer is kept.
COPY pyproject.toml ./
RUN python -c "import tomllib; \
    print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
    > /requirements.txt \
    && pip install --quiet --requirement /requirements.txt

# The product runs from its checkout: this only writes its path and the console script.
COPY . .
RUN pip install --quiet --no-deps --editable . && python -m compileall -q .


FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 antichambre \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin \
        antichambre \
    && install -d -o antichambre -g antichambre -m 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app

ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8080
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
ENTRYPOINT ["antichambre"]
# Web and worker in one process: all that one machine with SQLite needs.
CMD ["run"]
