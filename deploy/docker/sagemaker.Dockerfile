# An image that trains and serves, as SageMaker starts it: `docker run IMAGE train` and
# `docker run IMAGE serve`. tandem takes the place of the `serve` script; the rest stays.
#
# The build context has `program/`, with `train` (executable), wsgi.py and, if you have one, nginx.conf,
# and `tandem-slim`: build it (`deno task build:slim`), or unpack it from a release's archive.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends nginx-light gunicorn python3-gevent \
  && rm -rf /var/lib/apt/lists/*

COPY program /opt/program
ARG TANDEM=tandem-slim
COPY ${TANDEM} /opt/program/serve
RUN chmod 755 /opt/program/serve \
  && /opt/program/serve link-logs \
  && chmod 1777 /var/lib/nginx
ENV PATH=/opt/program:$PATH
WORKDIR /opt/program
EXPOSE 8080
# No ENTRYPOINT, because SageMaker's word is the command, and no HEALTHCHECK, which would find a
# training unhealthy: SageMaker asks GET /ping itself. It kills 30 s after SIGTERM.
STOPSIGNAL SIGTERM
CMD ["serve"]
