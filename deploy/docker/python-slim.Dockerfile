# tandem on Python's slim image: nginx from Debian, gunicorn and gevent from PyPI.
#
# The build context has `program/`, with wsgi.py and, if you have one, nginx.conf, and `tandem-slim`:
# build it (`deno task build:slim`), or unpack it from a release's archive.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends nginx-light \
  && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir gunicorn gevent

ARG TANDEM=tandem-slim
COPY ${TANDEM} /usr/local/bin/tandem
# As root, because the user below may not write there: the log links, and the folder in which nginx
# makes its temp folders if nginx.conf does not name others.
RUN chmod 755 /usr/local/bin/tandem \
  && tandem link-logs \
  && chmod 1777 /var/lib/nginx

COPY program /opt/program
WORKDIR /opt/program
# Any user works; `nobody` has a number, which Kubernetes needs for `runAsNonRoot`.
USER 65534:65534
EXPOSE 8080
# The default, written down because tandem drains at it: wait for at least its grace period of 25 s
# (`docker stop -t 30`), or raise both.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["tandem", "health"]
ENTRYPOINT ["tandem"]
