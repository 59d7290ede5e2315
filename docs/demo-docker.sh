# A Ruby app and one in two stages, with Dockerfiles, on the docker runtime. Part of demo.sh.
# BASE names the image that both are built on. Where it is not given, samples/debian.sh makes one of Debian's
# packages (as root, with debootstrap): no public image is needed.

export DOCKER_CONFIG="$scratch/docker"
{ set +x; } 2>/dev/null
made=
[ -n "${BASE:-}" ] || made=herogate-demo:$$
BASE=${BASE:-$made}
forget_base() {
  [ -z "$made" ] || docker rmi "$made" >/dev/null 2>&1 || true
}
trap '{ set +x; } 2>/dev/null; forget_base; clean_up' EXIT
set -x
[ -z "$made" ] || sh "$samples/debian.sh" "$made"

# Its base is put into an app's own image repository, and named in its heroku.yml.
build_on_base() {
  repository=$(aws ecr describe-repositories --output text \
    --query "repositories[?contains(repositoryName, '$1')].repositoryUri")
  aws ecr get-login-password | docker login --username AWS --password-stdin "${repository%%/*}" 2>/dev/null
  docker tag "$BASE" "$repository:base"
  docker push "$repository:base" >/dev/null
  docker rmi "$repository:base" >/dev/null
  printf 'build:\n  docker:\n    web: Dockerfile\n  config:\n    BASE: %s\n' "$repository:base" >heroku.yml
}

# An app in Ruby: create it, push it, and there it is.
cp -R "$samples/rake" "$app"
cd "$app"
git init --quiet --initial-branch=main
herogate create "$app"
build_on_base "$app"
git add .
git commit --quiet --message "First version"
git push herogate main
url=$(herogate open --print)
curl --silent --show-error --fail "$url" >page.html
grep "v1" page.html

# A task of its Rakefile, run once in what is live.
herogate run rake db:migrate

# A change is a commit and a push. The build machine is new, and its layers come from the cache.
sed 's/"v1"/"v2"/' web.rb >changed && mv changed web.rb
git commit --quiet --all --message "Second version"
git push herogate main
curl --silent --show-error --fail "$url" >page.html
grep "v2" page.html

# A Dockerfile that cannot be built is rejected; what runs goes on.
echo "RUN no-such-program" >>Dockerfile
git commit --quiet --all --message "Cannot be built"
if git push herogate main; then exit 1; fi
curl --silent --show-error --fail "$url" >page.html
grep "v2" page.html

# So is an image that builds and does not run; what it said last is shown.
git checkout --quiet HEAD~1 -- Dockerfile
echo 'abort "no database to talk to"' >web.rb
git commit --quiet --all --message "Cannot run"
if git push herogate main; then exit 1; fi
curl --silent --show-error --fail "$url" >page.html
grep "v2" page.html
herogate releases

# The mended commit listens on another port, and is pushed like any other.
git checkout --quiet HEAD~2 -- web.rb
sed 's/"v2"/"v3"/' web.rb >changed && mv changed web.rb
sed 's/EXPOSE 8000/EXPOSE 3000/' Dockerfile >changed && mv changed Dockerfile
git commit --quiet --all --message "Third version"
git push herogate main
curl --silent --show-error --fail "$url" >page.html
grep "v3" page.html

# The rest of the working day: config vars, more processes, logs, one-offs, schedules.
herogate config:set GREETING="Good morning"
herogate ps:wait
curl --silent --show-error --fail "$url" >page.html
grep "Good morning from v3" page.html
herogate scale web=3 worker=1
herogate ps:wait
herogate ps
herogate logs --num 8 --source app
herogate run -- sh -c 'echo "a one-off says $GREETING as $(id -un)"; exit 3' || test $? = 3
herogate schedule:add "every 10 minutes" -- rake db:migrate
herogate schedule

# Back to the first release, with the image, the port and the config it had.
herogate rollback v1
curl --silent --show-error --fail "$url" >page.html
grep "Hello from v1" page.html
herogate releases

# An app in two stages, in the same space: its image holds the program alone.
cp -R "$samples/docker" "$scratch/$app-stages"
cd "$scratch/$app-stages"
git init --quiet --initial-branch=main
herogate create "$app-stages"
build_on_base "$app-stages"
git add .
git commit --quiet --message "First version"
git push herogate main
curl --silent --show-error --fail "$(herogate open --print)" >page.html
grep "v1" page.html
herogate destroy --confirm "$app-stages"
cd "$scratch/$app"

herogate destroy --confirm "$app"
curl --silent "$url" >page.html || echo "nobody answers there"
if grep "from v" page.html; then exit 1; fi # the page is gone
