#!/usr/bin/env bash
# Emacs 30, whose own eglot is the client.
. "$(dirname "$0")/apart.sh"
apart emacs trixie 'emacs-nox emacs-el' emacs-nox
