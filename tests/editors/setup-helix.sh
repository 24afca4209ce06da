#!/usr/bin/env bash
# Helix, which needs a terminal: tmux is one.
. "$(dirname "$0")/apart.sh"
apart helix forky hx hx
apart tmux trixie tmux tmux
