# What every script here shares: sourced by bash, first line after "set". Runs in the root of the tree.
#
# A stage is one command with a name: its output goes to build/log/NAME.log, its seconds to the screen, and the end of
# its log too when it fails. Where the server or a test must not be root, run_unprivileged takes another user.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# variables for make come through the environment; flags and the job server of an outer make stay out
unset MAKEFLAGS MFLAGS MAKELEVEL
export LC_ALL=C.UTF-8
log_directory=$PWD/build/log
mkdir -p "$log_directory"

fail() {
	printf '%s\n' "$*" >&2
	exit 1
}

# as_root COMMAND...: with sudo if need be
as_root() {
	if [[ $EUID == 0 ]]; then "$@"; else sudo "$@"; fi
}

# The user who may run a server: oneself, unless one is root (PostgreSQL refuses that).
unprivileged_user() {
	if [[ $EUID != 0 ]]; then
		id -un
	elif id postgres >/dev/null 2>&1; then
		echo postgres
	else
		echo nobody
	fi
}

# run_unprivileged COMMAND...: as unprivileged_user
run_unprivileged() {
	local user
	user=$(unprivileged_user)
	if [[ $EUID == 0 ]]; then
		HOME=/ setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
	else
		"$@"
	fi
}

# The pg_config to build with: $PG_CONFIG, else that of PATH.
pg_config_path() {
	command -v "${PG_CONFIG:-pg_config}"
}

# server_is_given: somebody named a server of their own, so no package of one is needed
server_is_given() {
	[[ -n ${PG_CONFIG:-} && $PG_CONFIG != pg_config ]]
}

# seconds_since EPOCH_WITH_FRACTION
seconds_since() {
	awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'
}

# stage NAME COMMAND...: see above; ends the script when COMMAND fails
stage() {
	local name=$1 start=$EPOCHREALTIME log status
	shift
	log=$log_directory/${name// /-}.log
	# not "|| status=$?": that would switch set -e off inside COMMAND
	set +e
	(set -e; "$@") >"$log" 2>&1 </dev/null
	status=$?
	set -e
	if [[ $status != 0 ]]; then
		printf '%-28s failed after %s s; the end of %s:\n' "$name" "$(seconds_since "$start")" "${log#"$PWD"/}"
		tail -n 40 "$log"
		exit 1
	fi
	printf '%-28s %6s s\n' "$name" "$(seconds_since "$start")"
}

# Build and install, as make says; installing into a directory of root's takes root.
build_extension() {
	make -j2 --no-print-directory all
}

install_extension() {
	local pg_config directory
	pg_config=$(pg_config_path)
	directory=$("$pg_config" --pkglibdir)
	if [[ -w $directory ]]; then
		make --no-print-directory install
	else
		# with the caller's PATH, so that root finds the same nvcc
		as_root env PATH="$PATH" ${CUDA_HOME:+"CUDA_HOME=$CUDA_HOME"} \
			make --no-print-directory install PG_CONFIG="$pg_config" WITH_CUDA="${WITH_CUDA:-auto}" ARCH="${ARCH:-}"
	fi
}
