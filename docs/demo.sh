#!/bin/sh
# An app's first day on the local cloud: `make demo` runs this, and every step can be typed by hand.
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

scratch=$(mktemp -d)
export HEROGATE_LOCAL_DIR="$scratch/cloud"
# Whatever fails below, no account of yours is reached: nothing of your AWS configuration is visible from here.
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL HEROGATE_APP
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

herogate local start
eval "$(herogate local env)"
herogate spaces:create

git init --quiet "$app"
cd "$app"
herogate create "$app"
url=$(herogate open --print)
curl --silent --show-error --fail "$url" >page.html
grep "nothing here yet" page.html
herogate info

herogate destroy --confirm "$app"
curl --silent "$url" >page.html || echo "nobody answers there"
if grep "$app" page.html; then exit 1; fi # the page is gone

herogate local stop
