#!/bin/sh
# An app's first day in a real AWS account. `make test-aws` runs this, and nothing else ever does: it costs money.
# It says what it costs, asks, and destroys everything after, whatever has failed.
#
# usage: sh tests/account.sh [<directory of an app whose page says v1>]
set -eu

if [ -n "${CI:-}" ]; then
  echo "Not in CI: this makes things in a real AWS account that cost money." >&2
  exit 2
fi
unset HEROGATE_APP
account=$(herogate whoami)
name=smoke-$$

cat >&2 <<TEXT
This makes the space and the app $name as
  $account
It takes about 20 minutes. While it stands it costs about 5 cents an hour (a load balancer with two addresses, two small
processes); builds cost about 5 cents more. Everything is destroyed at the end, and if anything fails.
TEXT
printf 'To proceed, type %s: ' "$name" >&2
read -r answer
if [ "$answer" != "$name" ] && [ "$answer" != "yes, spend it" ]; then
  echo "Nothing was made." >&2
  exit 1
fi

source=$(cd "${1:-$(dirname "$0")/../docs/samples/python}" && pwd)
with_dockerfile=${1:+no}
scratch=$(mktemp -d)
# Commits are made by somebody who needs no git configuration.
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com

clean_up() {
  code=$?
  trap - EXIT INT TERM
  set +e
  herogate destroy "$name" --confirm "$name" || echo "Look for what is left of the app $name." >&2
  herogate spaces:destroy "$name" --confirm "$name" || {
    echo "Look for what is left of the space $name: it costs money." >&2
    code=1
  }
  rm -rf "$scratch"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

says() { # waits until the app's page says so
  tries=0
  until curl --silent --max-time 10 "$url" | grep "$1"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "The page never said $1." >&2; return 1; }
    sleep 2
  done
}

PS4='$ '
set -x
herogate spaces:create "$name"
cp -R "$source" "$scratch/app"
cd "$scratch/app"
if [ "${with_dockerfile:-yes}" = yes ]; then
  cat >Dockerfile <<'DOCKERFILE'
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
EXPOSE 8080
DOCKERFILE
fi
git init --quiet --initial-branch=main
git add .
git commit --quiet --message "First version"
herogate create "$name" --space "$name"
url=$(herogate open --print)
git push herogate main
says v1
herogate config:set GREETING=Welcome
herogate ps:wait
says Welcome
herogate scale web=2
herogate ps:wait
herogate run 'test "$GREETING" = Welcome'
herogate schedule:add 'rate(1 hour)' -- true
herogate rollback v1
says Hello
herogate logs --num 20
herogate releases
