# An image of Python, nginx, gunicorn, tandem and the libraries that they load: no shell, no package
# manager, nothing else to patch.
#
# The build context has `program/`, with wsgi.py and, if you have one, nginx.conf, and `tandem-slim`:
# build it (`deno task build:slim`), or unpack it from a release's archive.
ARG BASE=debian:bookworm-slim
FROM ${BASE} AS packages
RUN apt-get update \
  && apt-get install -y --no-install-recommends nginx-light gunicorn python3-gevent

ARG TANDEM=tandem-slim
COPY ${TANDEM} /usr/local/bin/tandem
RUN chmod 755 /usr/local/bin/tandem \
  && tandem link-logs \
  && chmod 1777 /var/lib/nginx
# More Python packages: install Debian's above, all of /usr/lib/python3* comes along with its libraries.
# `ldd` names what each of them loads, the loader too; a static tandem loads nothing.
RUN set -- /usr/bin/python3* /usr/bin/gunicorn /usr/sbin/nginx /usr/local/bin/tandem \
  && libraries=$(find "$@" /usr/lib/python3* -type f \( -name '*.so' -o -perm -100 \) -exec ldd {} + 2>&1 \
    | sed -nE 's/^\t(.* => )?(\/[^ ]+) \(.*/\2/p' | sort -u) \
  && mkdir -m 755 /image \
  && cp -a --parents "$@" /usr/lib/python3* /etc/nginx/mime.types /etc/passwd /etc/group \
    /var/lib/nginx /var/log/nginx /image \
  && cp -L --parents $libraries /image \
  && mkdir -m 755 /image/run \
  && mkdir -m 1777 /image/tmp

FROM scratch
COPY --from=packages /image /
COPY program /opt/program
ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin
WORKDIR /opt/program
# Any user works; `nobody` has a number, which Kubernetes needs for `runAsNonRoot`.
USER 65534:65534
EXPOSE 8080
# The default, written down because tandem drains at it: wait for at least its grace period of 25 s
# (`docker stop -t 30`), or raise both.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["tandem", "health"]
ENTRYPOINT ["tandem"]
