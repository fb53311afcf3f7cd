#!/bin/sh
# What stands behind tini and dumb-init, which start one program only.

# shellcheck disable=SC2086 # one word an argument
$PAIR_GUNICORN &
gunicorn=$!
# shellcheck disable=SC2086
$PAIR_NGINX &
nginx=$!

trap 'kill -QUIT "$nginx"; kill -TERM "$gunicorn"' TERM
# The signal ends the first wait early.
wait
wait
