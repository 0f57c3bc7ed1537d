# Two stages: one with the compiler, one with nothing but the program. SQLite and libpq are compiled into it.
#
#   docker build -t rejoinder .
#   docker run -p 127.0.0.1:8536:8536 -v rejoinder:/data rejoinder

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
# The registry and what was compiled stay between builds, so that a small change compiles a small part.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --release -p rejoinder-server \
    && cp target/release/rejoinder /rejoinder

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Rejoinder" \
      org.opencontainers.image.description="A federated comment server" \
      org.opencontainers.image.licenses="AGPL-3.0-only"
# Other servers are reached by https, and proved by these authorities.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin rejoinder \
    && install -d -o rejoinder -g rejoinder -m 0700 /data
COPY --from=build /rejoinder /usr/local/bin/rejoinder

# A configuration file may be mounted at /srv/rejoinder/config/rejoinder.toml; the environment wins over it.
WORKDIR /srv/rejoinder
ENV REJOINDER_SERVER__LISTEN=0.0.0.0:8536 \
    REJOINDER_SERVER__DATA_DIR=/data
USER rejoinder
VOLUME /data
EXPOSE 8536

# The shell speaks enough HTTP for this; an HTTP client would be one more program to keep patched.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8536 && printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 status <&3 && [[ $status == *' 200 '* ]]"]

ENTRYPOINT ["rejoinder"]
CMD ["serve"]
