#!/bin/sh
# An app's first days on the local cloud: `make demo` runs this, and every step can be typed by hand.
# What they are depends on the runtime: demo-process.sh, or demo-docker.sh with RUNTIME=docker.
# It keeps to a directory of its own and removes it, so a local cloud that already runs is left alone.
set -eu

command -v curl >/dev/null || curl() {
  for url; do :; done # the last argument
  python3 - "$url" <<'PYTHON'
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=10).read().decode())
except urllib.error.URLError as error:
    sys.exit(7 if isinstance(error.reason, ConnectionRefusedError) else 1)
PYTHON
}

here=$(cd "$(dirname "$0")" && pwd)
samples=$here/samples
runtime=${RUNTIME:-process} # process, or docker
scratch=$(mktemp -d)
export HEROGATE_LOCAL_DIR="$scratch/cloud"
# Whatever fails below, no account of yours is reached: nothing of your AWS configuration is visible from here.
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL HEROGATE_APP
# Commits are made by somebody who needs no git configuration.
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
clean_up() {
  herogate local stop >/dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap '{ set +x; } 2>/dev/null; clean_up' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$scratch"
app=shop-$$ # a name of its own: another demo may run beside it
PS4='$ '
set -x

herogate local start --runtime "$runtime"
eval "$(herogate local env)"
herogate spaces:create

. "$here/demo-$runtime.sh"

herogate local stop
