#!/bin/sh
# Installs the Debian packages that a task needs and that are missing; prints nothing if none is.
#
#   scripts/setup.sh KIND...   run, bench, slim, arm64, sanitize, fuzz, check, matrix, platforms, release
#   scripts/setup.sh           test: all of them but release, and the tools of the tests
#
# Deno fetches the npm packages itself.
set -eu

# Package, the command or file that shows that it is installed, and the kinds that need it beside `test`. `test`
# does without what is marked "apart".
table="nginx-light           nginx                               run bench
gunicorn              gunicorn                            run bench
python3-gevent        gevent                              run bench
util-linux            setpriv                             bench matrix platforms release
wrk                   wrk                                 bench
supervisor            supervisord                         bench apart
s6                    s6-svscan                           bench apart
runit                 runsvdir                            bench apart
monit                 monit                               bench apart
uvicorn               uvicorn                             bench apart
gcc                   gcc                                 bench slim arm64 sanitize fuzz
libc6-dev             /usr/include/stdio.h                bench slim arm64 sanitize fuzz
xz-utils              xz                                  slim arm64 sanitize fuzz
clang                 clang                               fuzz
libclang-rt-14-dev    /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a fuzz
musl-tools            musl-gcc                            slim
gcc-aarch64-linux-gnu aarch64-linux-gnu-gcc               arm64
libc6-dev-arm64-cross /usr/aarch64-linux-gnu/include/stdio.h arm64
git                   git                                 check
clang-format          clang-format                        check
shellcheck            shellcheck                          check
pyflakes3             pyflakes3                           check
mmdebstrap            mmdebstrap                          matrix platforms release
lintian               lintian                             release apart
skopeo                skopeo                              release apart
python3-venv          /var/lib/dpkg/info/python3-venv.list release
npm                   npm                                 release apart
yamllint              yamllint                            check
haproxy               haproxy                             bench platforms
iproute2              ip                                  platforms
podman                podman                              platforms
runc                  runc                                platforms
catatonit             catatonit                           platforms
qemu-user-static      qemu-aarch64-static                 release
procps                ps
systemd-container     systemd-nspawn                      platforms
bsdutils              script
strace                strace
tmux                  tmux
curl                  curl
patch                 patch
libseccomp2           libseccomp.so.2
tini                  tini                                bench platforms
dumb-init             dumb-init                           bench
zsh                   zsh
fish                  fish
mandoc                mandoc
groff-base            groff
prometheus            promtool"

say() { echo "setup: $*" >&2; }

give_up() {
  status=$1
  shift
  say "$*"
  exit "$status"
}

[ $# -gt 0 ] || set -- test
for kind; do
  case "$kind" in
    test | run | bench | slim | arm64 | sanitize | fuzz | check | matrix | platforms | release) ;;
    *) give_up 64 "unknown argument '$kind': use test, run, bench, slim, arm64, sanitize, fuzz, check, matrix, platforms or release" ;;
  esac
done
wanted=" $* "

# nginx is in a folder that is not on every user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# gunicorn runs on the Python that its first line names, not on the first one on PATH (pyenv, conda).
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
      # Finds the module without importing it, which takes ten times as long.
      "$(gunicorn_python)" -c 'import sys, importlib.util as u; sys.exit(not u.find_spec("gevent"))' 2>/dev/null
      ;;
    /*) [ -e "$1" ] ;;
    # In a folder that is named after the architecture.
    *.so.*) [ -e "$(echo /usr/lib/*/"$1")" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# Whether the arguments, the kinds of one package, include a kind that was asked for.
is_wanted() {
  case " $* " in *" apart "*) ;; *) set -- test "$@" ;; esac
  for kind; do
    case "$wanted" in *" $kind "*) return 0 ;; esac
  done
  return 1
}

missing=
while read -r package probe kinds; do
  # shellcheck disable=SC2086 # each word is one kind
  if is_wanted $kinds && ! present "$probe"; then missing="$missing $package"; fi
done <<END
$table
END
missing=${missing# }
[ -n "$missing" ] || exit 0

# A gunicorn that pip installed may run on another Python, which cannot import Debian's gevent.
python=$(gunicorn_python)
case "$missing" in
  *python3-gevent*)
    if [ "${python#/usr/bin/python3}" = "$python" ]; then
      give_up 69 "$(command -v gunicorn) runs on $python, which has no gevent: run $python -m pip install gevent"
    fi
    ;;
esac

command -v apt-get >/dev/null ||
  give_up 69 "packages are missing, and there is no apt-get: install these Debian packages or their equivalents: $missing"
[ "$(id -u)" = 0 ] ||
  give_up 69 "packages are missing, and only root can install them; run: sudo apt-get install --no-install-recommends $missing"

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

# Debian starts a service when it is installed; nginx would then keep port 80 in use.
if [ ! -e "$policy" ]; then
  own_policy=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

# Prints apt-get's last line every 5 s; on a terminal every second, in one line.
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

say "refreshing the package lists (Debian)"
if ! apt update; then
  say "could not refresh the package lists, using the old ones: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")"
fi
say "installing $missing (Debian)"
# shellcheck disable=SC2086 # each word is one package
if ! apt install --no-install-recommends $missing; then
  tail -n 15 "$log" >&2
  give_up 69 "apt-get could not install: $missing"
fi
