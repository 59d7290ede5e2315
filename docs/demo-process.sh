# Python and JavaScript on the process runtime, which needs nothing installed. Part of demo.sh.

# A Python app: create it, push it, and there it is.
cp -R "$samples/python" "$app"
cd "$app"
git init --quiet --initial-branch=main
git add .
git commit --quiet --message "First version"
herogate create "$app"
git push herogate main
url=$(herogate open --print)
curl --silent --show-error --fail "$url" >page.html
grep "v1" page.html

# A change is a commit and a push.
sed 's/"v1"/"v2"/' web.py >changed && mv changed web.py
git commit --quiet --all --message "Second version"
git push herogate main
curl --silent --show-error --fail "$url" >page.html
grep "v2" page.html

# A commit that cannot be built is rejected; what runs goes on.
echo "no-such-package-anywhere==1.0" >>requirements.txt
git commit --quiet --all --message "Cannot be built"
if git push herogate main; then exit 1; fi
curl --silent --show-error --fail "$url" >page.html
grep "v2" page.html

# So is one that builds and does not run; what it said last is shown.
git checkout --quiet HEAD~1 -- requirements.txt
echo 'raise SystemExit("no database to talk to")' >>web.py
git commit --quiet --all --message "Cannot run"
if git push herogate main; then exit 1; fi
curl --silent --show-error --fail "$url" >page.html
grep "v2" page.html
herogate releases

# The mended commit is pushed like any other.
git checkout --quiet HEAD~2 -- web.py
sed 's/"v2"/"v3"/' web.py >changed && mv changed web.py
git commit --quiet --all --message "Third version"
git push herogate main
curl --silent --show-error --fail "$url" >page.html
grep "v3" page.html
herogate releases

# The rest of the working day: config vars, more processes, logs, one-offs, schedules.
herogate config:set GREETING="Good morning"
herogate ps:wait
curl --silent --show-error --fail "$url" >page.html
grep "Good morning from v3" page.html
herogate scale web=3 worker=1
herogate ps:wait
herogate ps
herogate logs --num 8 --source app
herogate run -- python -c 'import os; print("a one-off says", os.environ["GREETING"]); raise SystemExit(3)' || test $? = 3
herogate schedule:add "every 10 minutes" -- echo clean up
herogate schedule

# Back to the first release, with the code and the config it had.
herogate rollback v1
curl --silent --show-error --fail "$url" >page.html
grep "Hello from v1" page.html
herogate releases

# Another language, in the same space.
{ set +x; } 2>/dev/null
if command -v node >/dev/null; then
  set -x
  cp -R "$samples/node" "$scratch/$app-node"
  cd "$scratch/$app-node"
  git init --quiet --initial-branch=main
  git add .
  git commit --quiet --message "First version"
  herogate create "$app-node"
  git push herogate main
  curl --silent --show-error --fail "$(herogate open --print)" >page.html
  grep "v1" page.html
  herogate destroy --confirm "$app-node"
  cd "$scratch/$app"
else
  echo "There is no node on this machine: the sample in JavaScript is skipped."
  set -x
fi

herogate destroy --confirm "$app"
curl --silent "$url" >page.html || echo "nobody answers there"
if grep "from v" page.html; then exit 1; fi # the page is gone
