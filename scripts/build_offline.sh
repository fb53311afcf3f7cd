#!/bin/sh
# Builds dist/tandem-slim without any network, from the npm packages and the tarball of QuickJS that the source archive
# of a release contains. Needs Deno 2.6 or newer on PATH, and Debian's gcc, libc6-dev, musl-tools and xz-utils.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec "$here/deno" run -A --no-lock --node-modules-dir=manual "$here/build_slim.ts"
