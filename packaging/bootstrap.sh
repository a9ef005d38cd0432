#!/usr/bin/env bash
# From a fresh Debian or Ubuntu to a running kiosk:  bash packaging/bootstrap.sh COMMAND [ARGUMENT…]
#
#   run      start the kiosk; without a screen or a microphone, hold a recorded conversation instead
#   test     the whole test suite (further arguments go to pytest)
#   check    format, lint, types, import rules, QML, then the tests
#   models   fetch the models only; named ones too that are optional, with the packages that run them
#   venv     install the Python side only
#
# Each step is skipped in no time when it is already done. Nothing is written outside this folder save what apt installs.
# HOLO_PYTHON names the Python to use (python3), HOLO_MODEL_MIRROR a folder or address to ask for models first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=.venv
CACHE="$VENV/.pip-cache"
PYTHON="${HOLO_PYTHON:-python3}"

RUN_PACKAGES=(
    python3 python3-venv ca-certificates
    # Qt and OpenGL, drawn in software where there is no graphics card
    libglib2.0-0 libegl1 libgl1 libgl1-mesa-dri libopengl0 libx11-6 libdbus-1-3 libfontconfig1 libfreetype6 libbrotli1
    libgssapi-krb5-2 libxkbcommon0
    # a window under X
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-render0 libxcb-shape0
    libxcb-util1 libxcb-xkb1 libxkbcommon-x11-0
    # a window under Wayland
    libwayland-cursor0 libwayland-egl1
    # sound: PortAudio reaches PulseAudio and PipeWire through ALSA's plugins
    libportaudio2 libasound2-plugins
    # echo cancellation
    libspeexdsp1
    fonts-dejavu-core
)
TEST_PACKAGES=(xvfb xauth pulseaudio pulseaudio-utils)

say() { printf '%s\n' "» $*" >&2; }

fail() {
    say "$*"
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Which of the packages named are not installed, counting what an installed one provides under another name.
missing_packages() {
    dpkg-query --show --showformat='${db:Status-Abbrev}\t${Package}, ${Provides}\n' |
        awk -v wanted="$*" -F '\t' '
            $1 ~ /^.i/ { gsub(/\([^)]*\)| /, "", $2); n = split($2, names, ","); for (i = 1; i <= n; i++) have[names[i]] = 1 }
            END { n = split(wanted, names, " "); for (i = 1; i <= n; i++) if (!(names[i] in have)) print names[i] }'
}

install_system() {
    if ! command -v apt-get >/dev/null; then
        say "no apt-get here: the libraries behind these Debian packages must be present: $*"
        return
    fi
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
        fail "as root, run: apt-get install --no-install-recommends ${missing[*]}"
    say "installing ${#missing[@]} system packages: ${missing[*]}"
    # what was downloaded is not kept: a kiosk's disk is small
    local options=(--yes --no-install-recommends -o APT::Keep-Downloaded-Packages=false)
    local quiet=(-qq -o Dpkg::Use-Pty=0) out=/dev/null
    [ ! -t 1 ] || quiet=() out=/dev/stdout
    as_root apt-get update "${quiet[@]}" >"$out" || fail "apt-get update failed"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "${quiet[@]}" "${missing[@]}" \
        >"$out" || fail "apt-get could not install the system packages"
}

# What an installation was made from; another value means that it must be brought up to date.
fingerprint() {
    { "$VENV/bin/python" -VV && cat pyproject.toml packaging/constraints.txt && pwd; } | sha256sum | cut -d ' ' -f 1
}

is_installed() {
    local print="$1" kind
    shift
    for kind in "$@"; do
        [ "$(cat "$VENV/.installed-$kind" 2>/dev/null)" = "$print" ] && return 0
    done
    return 1
}

# install_python run|dev: the kiosk with its on-device engines, and for dev the tools of tests and checks too.
install_python() {
    local kind="$1" extras=embedded,film quiet=(--quiet) have=(dev run)
    [ "$kind" = run ] || extras=embedded,film,dev have=(dev)
    [ -x "$VENV/bin/python" ] && is_installed "$(fingerprint)" "${have[@]}" && return 0
    # its own path is written into pip: a folder that was moved or copied gets a new environment
    if ! "$VENV/bin/pip" --version >/dev/null 2>&1; then
        "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
            fail "Python 3.11 or newer is needed; HOLO_PYTHON may name one"
        say "creating $VENV with $("$PYTHON" -V)"
        "$PYTHON" -m venv --clear "$VENV"
    fi
    say "installing the Python packages ($extras); about 1 GB of disk and a few minutes the first time"
    [ ! -t 1 ] || quiet=()
    # the cache lets a run that was cut off go on; it goes when all is installed
    local pip=("$VENV/bin/python" -m pip --disable-pip-version-check --cache-dir "$CACHE" install "${quiet[@]}")
    "${pip[@]}" --constraint packaging/constraints.txt hatchling editables
    "${pip[@]}" --constraint packaging/constraints.txt --no-build-isolation --editable ".[$extras]"
    rm -rf "$CACHE"
    fingerprint >"$VENV/.installed-$kind"
}

# fetch_models [MODEL…]: those named, else all that are not optional.
fetch_models() {
    local extras
    PIP_CACHE_DIR="$PWD/$CACHE" "$VENV/bin/python" packaging/fetch_models.py "$@"
    extras="$("$VENV/bin/python" packaging/fetch_models.py --extras "$@")"
    if [ -n "$extras" ]; then
        say "installing what runs them ($extras)"
        "$VENV/bin/python" -m pip --disable-pip-version-check --cache-dir "$CACHE" install --quiet \
            --constraint packaging/constraints.txt --no-build-isolation --editable ".[$extras]"
    fi
    rm -rf "$CACHE"
}

# What `models` was told to fetch.
MODELS=()

# prepare run|dev: everything up to the point where the product can start. One at a time in this folder.
prepare() {
    local kind="$1" packages=("${RUN_PACKAGES[@]}")
    [ "$kind" = run ] || packages+=("${TEST_PACKAGES[@]}")
    exec 9>.bootstrap.lock
    flock --nonblock 9 || { say "another bootstrap is at work in this folder; waiting for it" && flock 9; }
    install_system "${packages[@]}"
    install_python "$kind"
    [ "${2:-}" = without-models ] || fetch_models "${MODELS[@]}"
    exec 9>&-
}

run_kiosk() {
    local app="$VENV/bin/holo-app"
    if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        say "no display here: holding a recorded conversation instead"
        exec "$app" demo --out out/demo "$@"
    fi
    local heard=0
    "$app" doctor --only microphone >/dev/null 2>&1 || heard="$?"
    # 1 is the doctor's "it does not work"; whatever else went wrong, the kiosk will say it better
    if [ "$heard" = 1 ]; then
        say "no microphone here: holding a recorded conversation instead"
        exec "$app" demo --out out/demo "$@"
    fi
    exec "$app" run "$@"
}

# Tests that watch a clock, a loudspeaker or a screen: nothing may run beside them.
ALONE=(tests/audio tests/benchmarks tests/faults tests/ui)

run_tests() {
    local under=() argument appended=() failed=0
    # a portrait screen, as the kiosk has
    [ -n "${DISPLAY:-}" ] || under=(xvfb-run --auto-servernum --server-args='-screen 0 1080x1920x24')
    local pytest=("${under[@]}" "$VENV/bin/python" -m pytest)
    for argument in "$@"; do
        # somebody chose: one run, in order
        if [ -e "${argument%%::*}" ]; then
            "${pytest[@]}" "$@"
            return
        fi
        [[ "$argument" != --cov* ]] || appended=(--cov-append)
    done
    "${pytest[@]}" -n 2 --dist loadfile "${ALONE[@]/#/--ignore=}" "$@" || failed=1
    "${pytest[@]}" "${ALONE[@]}" "$@" "${appended[@]}" || failed=1
    return "$failed"
}

run_checks() {
    local failed=() step
    local bin="$VENV/bin"
    for step in "$bin/ruff format --check ." "$bin/ruff check ." "$bin/mypy" "$bin/lint-imports" \
        "$bin/python packaging/lint_qml.py"; do
        say "${step#"$bin"/}"
        # shellcheck disable=SC2086 # a step is a command with its arguments
        $step || failed+=("${step#"$bin"/}")
    done
    say pytest
    run_tests "$@" || failed+=(pytest)
    [ "${#failed[@]}" = 0 ] || fail "failed: $(printf '%s; ' "${failed[@]}")"
    say "all checks passed"
}

command="${1:-}"
[ "$#" = 0 ] || shift
case "$command" in
    # not joined by &&, which would turn "stop at the first error" off inside of `prepare`
    run) prepare run; run_kiosk "$@" ;;
    test) prepare dev; run_tests "$@" ;;
    check) prepare dev; run_checks "$@" ;;
    models) MODELS=("$@"); prepare run ;;
    venv) prepare run without-models ;;
    *)
        sed -n '2,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
