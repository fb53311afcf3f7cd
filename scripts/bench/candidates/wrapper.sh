#!/bin/sh
# Starts the pair for tini and dumb-init, which start one program only.

# shellcheck disable=SC2086 # each word is one argument
$PAIR_GUNICORN &
gunicorn=$!
# shellcheck disable=SC2086
$PAIR_NGINX &
nginx=$!

trap 'kill -QUIT "$nginx"; kill -TERM "$gunicorn"' TERM
# The signal interrupts the first wait.
wait
wait
