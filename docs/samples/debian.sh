#!/bin/sh
# Makes the image on which the samples with a Dockerfile build, of Debian's own packages: no public image is
# needed. Usage, as root: debian.sh IMAGE; it puts IMAGE into the docker engine of DOCKER_HOST.
# DEBIAN_MIRROR and DEBIAN_SUITE name other packages.
set -eu

image=${1:?"usage: $0 IMAGE"}
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root

debootstrap --variant=minbase --include=ca-certificates "${DEBIAN_SUITE:-bookworm}" "$root" \
  "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$scratch/log" 2>&1 || { tail "$scratch/log" >&2; exit 1; }

# As in Debian's slim image: no documentation, now or of what is installed later, no packages kept that were
# installed, and no syncing of an image's files to a disk that is thrown away.
cat >"$root/etc/apt/apt.conf.d/container" <<'APT'
Acquire::GzipIndexes "true";
Acquire::Languages "none";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };
APT
cat >"$root/etc/dpkg/dpkg.cfg.d/container" <<'DPKG'
force-unsafe-io
path-exclude /usr/share/doc/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
DPKG
for unused in doc info locale man; do
  find "$root/usr/share/$unused" -mindepth 1 -delete
done
find "$root/var/cache/apt" "$root/var/lib/apt/lists" "$root/var/log" -type f -delete

tar -C "$root" -c . | docker import --change 'CMD ["/bin/sh"]' - "$image" >/dev/null
echo "$image"
