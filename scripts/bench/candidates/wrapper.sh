#!/bin/bash
# Runs the pair as Docker's documentation shows for several processes, with a trap that stops nginx first.

# shellcheck disable=SC2086 # each word is one argument
$PAIR_GUNICORN &
gunicorn=$!
# shellcheck disable=SC2086
$PAIR_NGINX &
nginx=$!

stop() {
  kill -QUIT "$nginx"
  wait "$nginx"
  kill -TERM "$gunicorn"
  wait "$gunicorn"
}

trap 'stop; exit' TERM
# Returns when the first of both has exited.
wait -n
status=$?
stop
exit "$status"
