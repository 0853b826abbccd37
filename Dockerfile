# The service and its PBX from Debian's packages; see docker-compose.yml.
FROM debian:sid-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      asterisk asterisk-core-sounds-es-wav asterisk-moh-opsound-wav espeak-ng python3-venv ca-certificates \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/altavoz
COPY requirements.lock pyproject.toml README.md ./
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .
ENV PATH=/opt/venv/bin:$PATH ALTAVOZ_PBX=system ALTAVOZ_HOME=/srv/altavoz
VOLUME /srv/altavoz
STOPSIGNAL SIGTERM
ENTRYPOINT ["altavoz"]
CMD ["run"]
