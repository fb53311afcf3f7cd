#!/bin/sh
# Installs what is missing, from Debian's packages: nginx, gunicorn and gevent to run tandem (`run`),
# the tools of the tests (`test`, what no argument means), and the compilers of the slim edition (`slim`).
# Each includes the ones before it. Packages from npm come by themselves when Deno runs.
# Silent when nothing is missing.
set -eu

# What each kind of use needs: package, then the command or file that shows that it is there.
table="run  nginx-light              nginx
run  gunicorn                 gunicorn
run  python3-gevent           gevent
test procps                   ps
test util-linux               setpriv
test bsdutils                 script
test gcc                      gcc
test libc6-dev                /usr/include/stdio.h
test tmux                     tmux
test curl                     curl
test zsh                      zsh
test fish                     fish
test mandoc                   mandoc
test groff-base               groff
slim musl-tools               musl-gcc
slim gcc-aarch64-linux-gnu    aarch64-linux-gnu-gcc
slim libc6-dev-arm64-cross    /usr/aarch64-linux-gnu/include/stdio.h
slim qemu-user-static         qemu-aarch64-static
slim make                     make
slim xz-utils                 xz"

say() { echo "setup: $*" >&2; }

give_up() {
  status=$1
  shift
  say "$*"
  exit "$status"
}

[ $# -le 1 ] || give_up 64 "takes one argument at most, run, test or slim; got $#"
case "${1-test}" in
  run) wanted=" run " ;;
  test) wanted=" run test " ;;
  slim) wanted=" run test slim " ;;
  *) give_up 64 "unknown argument '$1'; use run, test or slim (none means test)" ;;
esac

# nginx lies in a folder that is not on every user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# The Python that runs gunicorn is the one its first line names; another one (pyenv, conda) may well
# be first on PATH and says nothing about what gunicorn can import.
gunicorn_python() {
  python=/usr/bin/python3
  if script=$(command -v gunicorn); then
    IFS= read -r line <"$script" || line=
    case "$line" in
      '#!/usr/bin/env python'*) python=$(command -v "${line#'#!/usr/bin/env '}" || true) ;;
      '#!'*python*) python=${line#'#!'} python=${python%% *} ;;
    esac
  fi
  echo "$python"
}

present() {
  case "$1" in
    gevent)
      # Only looks for the module: importing it takes ten times as long.
      "$(gunicorn_python)" -c 'import sys, importlib.util as u; sys.exit(not u.find_spec("gevent"))' 2>/dev/null
      ;;
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing=
while read -r kind package probe; do
  case "$wanted" in
    *" $kind "*) present "$probe" || missing="$missing $package" ;;
  esac
done <<END
$table
END
missing=${missing# }
[ -n "$missing" ] || exit 0

# A gunicorn that pip installed has a Python of its own, which Debian's gevent would not reach.
python=$(gunicorn_python)
case "$missing" in
  *python3-gevent*)
    if [ "${python#/usr/bin/python3}" = "$python" ]; then
      give_up 69 "$(command -v gunicorn) runs on $python, which has no gevent; install it there: $python -m pip install gevent"
    fi
    ;;
esac

command -v apt-get >/dev/null ||
  give_up 69 "needs these Debian packages, or what they are called here, and finds no apt-get: $missing"
[ "$(id -u)" = 0 ] ||
  give_up 69 "needs root to install packages; run: sudo apt-get install --no-install-recommends $missing"

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
own_policy=
ticker=
clean_up() {
  [ -z "$ticker" ] || kill "$ticker" 2>/dev/null || true
  [ -z "$own_policy" ] || rm -f "$policy"
  rm -f "$log"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Debian starts a service as soon as it is installed; nginx would then hold port 80 for good.
if [ ! -e "$policy" ]; then
  own_policy=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

# Says every few seconds what apt-get is at; on a terminal in one line that changes.
tick() {
  seconds=0
  while sleep 1 >/dev/null 2>&1; do
    seconds=$((seconds + 1))
    doing=$(tail -n 1 "$log" 2>/dev/null | cut -c 1-60)
    if [ -t 2 ]; then
      printf '\r\033[Ksetup: %s s: %s' "$seconds" "$doing" >&2
    elif [ $((seconds % 5)) = 0 ]; then
      say "$seconds s: $doing"
    fi
  done
}

apt() {
  tick &
  ticker=$!
  status=0
  DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=120 -o APT::Color=0 "$@" >"$log" 2>&1 </dev/null || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  ticker=
  [ ! -t 2 ] || printf '\r\033[K' >&2
  return "$status"
}

say "reading the package lists (Debian)"
if ! apt update; then
  say "the package lists could not be read anew, going on with the old ones: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")"
fi
say "installing $missing (Debian)"
# shellcheck disable=SC2086 # one word a package
if ! apt install --no-install-recommends $missing; then
  tail -n 15 "$log" >&2
  give_up 69 "apt-get could not install: $missing"
fi
