#!/usr/bin/env bash
# Neovim: the newest, for which the plug-in is written, and 0.10, for which a configuration is documented.
. "$(dirname "$0")/apart.sh"
apart neovim forky neovim nvim
apart neovim-0.10 trixie neovim nvim
