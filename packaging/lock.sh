#!/usr/bin/env bash
# Write packaging/constraints.txt anew: what pip resolves for all extras in an empty environment, without a cache of
# the present choice. Run it after a dependency changed, then run the check command.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
"${HOLO_PYTHON:-python3}" -m venv "$scratch/venv"
pip=("$scratch/venv/bin/python" -m pip --disable-pip-version-check)
"${pip[@]}" install hatchling editables
"${pip[@]}" install --no-build-isolation --editable ".[embedded,film,google,local-llm,whisper,kokoro,companion,dev]"
{
    echo "# Every package that the product, its tests and its build use, at the version they were checked with."
    echo "# Written by packaging/lock.sh; names no host, so that pip takes the registry this machine is set up for."
    "${pip[@]}" freeze --exclude holo-app --exclude pip --exclude setuptools | grep --invert-match '^[-#]'
} >"$scratch/constraints.txt"
mv "$scratch/constraints.txt" packaging/constraints.txt
