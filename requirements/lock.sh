#!/bin/sh
# Lock what pyproject.toml asks for, by hash and without a word on where it comes from.
# usage: lock.sh PIP_COMPILE [--upgrade]; files that exist keep their versions unless upgraded.
set -eu
compile=$1
shift
cd "$(dirname "$0")/.."
export CUSTOM_COMPILE_COMMAND="make lock"

lock() {
    "$compile" --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-options \
        --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
        --pip-args=--only-binary=:all: "$@"
}

lock "$@" --only-build-deps --build-deps-for editable \
    --output-file requirements/build.txt pyproject.toml
lock "$@" --extra report --output-file requirements/run.txt pyproject.toml
lock "$@" --extra report --extra test --constraint requirements/run.txt \
    --output-file requirements/test.txt pyproject.toml
lock "$@" --output-file requirements/lock.txt requirements/lock.in
