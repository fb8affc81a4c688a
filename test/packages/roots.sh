# Bare Debian systems in directories, for test/packages: sourced by bash. Needs root, debootstrap and the archive.
#
# A pristine root of each suite is kept in GE_ROOTS and made anew after a week, and what apt downloaded; every step works in a copy
# that goes with it.
GE_ROOTS=${GE_ROOTS:-/var/tmp/gpu_encode-roots}

# make_pristine SUITE
make_pristine() {
	local base=$GE_ROOTS/$1 script=/usr/share/debootstrap/scripts/$1
	if [[ -d $base && -z $(find "$base" -maxdepth 0 -mtime +7) ]]; then
		return
	fi
	rm -rf --one-file-system "$base" "$base.new"
	mkdir -p "$base.new"
	[[ -e $script ]] || script=/usr/share/debootstrap/scripts/sid
	debootstrap --variant=minbase --include=make,git,sudo,ca-certificates "$1" "$base.new" "${GE_MIRROR:-http://deb.debian.org/debian}" \
		"$script" >"$GE_ROOTS/$1.log" 2>&1 || fail "no bare $1 can be made: $(tail -n 1 "$GE_ROOTS/$1.log")"
	chroot "$base.new" useradd --create-home --shell /bin/bash dev
	echo 'dev ALL=(ALL) NOPASSWD: ALL' >"$base.new/etc/sudoers.d/dev"
	mv "$base.new" "$base"
}

# new_root SUITE: $root becomes a copy of it, with a clone of this commit in /src/gpu_encode and the packages that are there in
# /packages, as an archive that apt knows
new_root() {
	make_pristine "$1"
	root=$(mktemp -d /var/tmp/gpu_encode-root.XXXXXX)
	chmod 755 "$root"
	cp -a --reflink=auto "$GE_ROOTS/$1/." "$root/"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	printf '%s\n' 'Acquire::Check-Valid-Until "false";' 'APT::Install-Recommends "false";' >"$root/etc/apt/apt.conf.d/90bare"
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/90bare"
	mkdir -p "$root/src" "$root/packages" "$GE_ROOTS/archives/$1/partial"
	archives=$GE_ROOTS/archives/$1
	git clone -q --no-local . "$root/src/gpu_encode"
	chroot "$root" chown -R dev /src
	if compgen -G 'build/packages/*/postgresql-*.deb' >/dev/null; then
		# those of a server have names of their own, the client has not
		cp build/packages/*/postgresql-*.deb "$root/packages/"
		find "build/packages/$1" -name '*.deb' -exec cp -t "$root/packages/" {} +
		(cd "$root/packages" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
		echo 'deb [trusted=yes] file:/packages ./' >"$root/etc/apt/sources.list.d/packages.list"
	fi
}

# in_root USER COMMAND: a line of bash in $root, in process and mount namespaces of its own: nothing outlives it. The directory
# $cuda, if it is set, lies there as /usr/local/cuda.
in_root() {
	unshare --mount --pid --fork bash -s - "$root" "$1" "$2" "$archives" "${cuda:-}" <<'END'
root=$1 user=$2 command=$3 archives=$4 cuda=$5
mount --bind "$archives" "$root/var/cache/apt/archives"
if [[ -n $cuda ]]; then
	mkdir -p "$root/usr/local/cuda"
	mount --bind "$cuda" "$root/usr/local/cuda"
fi
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero full random urandom tty; do
	touch "$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666 && ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
exec chroot "$root" su - "$user" -c "set -euo pipefail; export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8; cd /src/gpu_encode; $command" </dev/null
END
}
