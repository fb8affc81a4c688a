# What the stages of test/run share: sourced by bash, first line after "set".
#
# A stage is a script of test/stages; it prints TAP or what pg_regress prints, and ends with status 0 when all is well, or
# by skip_stage. What it writes goes under build/, or where an unprivileged user can write when that is not the caller.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
pg_config=$(pg_config_path)
pgxs_tests=$(dirname "$("$pg_config" --pgxs)")/../test
extension_flags=$PWD/build/flags
# one architecture shows that every kernel compiles; ARCH=all-major takes several times as long. All stages have the same, as
# another one is another build.
export ARCH=${ARCH:-$(nvidia-smi >/dev/null 2>&1 && echo native || echo sm_90)}

# at_exit COMMAND: done when the stage ends, however it ends; the last one first
exit_commands=
at_exit() {
	exit_commands="$1; $exit_commands"
	trap 'eval "$exit_commands"' EXIT
}

# skip_stage REASON: ends the stage, which counts as one skip
skip_stage() {
	echo "1..0 # SKIP $*"
	exit 0
}

# run_regress PROGRAM INPUT EXPECTED OUTPUT ARGUMENT...: pg_regress or pg_isolation_regress in a new database of PGHOST's server;
# INPUT has its sql/ or specs/, EXPECTED its expected/. Shows what differs.
run_regress() {
	local program=$1 input=$2 expected=$3 output=$4 where=()
	shift 4
	rm -rf "$output"
	mkdir -p "$output"
	# up to PostgreSQL 15 expected files are looked for beside the output, then beside the input
	if "$program" --help | grep -e --expecteddir >/dev/null; then
		where=(--expecteddir="$expected")
	else
		ln -s "$PWD/$expected/expected" "$output/expected"
	fi
	"$program" --bindir="$("$pg_config" --bindir)" --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" --dbname=contrib_regression \
		--inputdir="$input" --outputdir="$output" "${where[@]}" "$@" || {
		[[ ! -f $output/regression.diffs ]] || head -n 200 "$output/regression.diffs"
		return 1
	}
}

# copy_tree DIRECTORY: a copy of this tree that everybody can read, as DIRECTORY/tree, with real data beside it as here. What
# other stages build and write meanwhile stays behind.
copy_tree() {
	mkdir -p "$1/tree"
	# status 1: a folder that got a file meanwhile
	{ tar --exclude=./.git --exclude=./build --exclude=./demo --exclude=results --exclude='regression.*' --exclude=__pycache__ \
		--exclude='./test/*.[od]' --exclude='./test/*.so' -cf - . || [[ $? == 1 ]]; } | tar -xf - -C "$1/tree"
	chmod -R a+rX "$1"
	[[ ! -d ../shared ]] || ln -s "$(realpath ../shared)" "$1/shared"
}

# use_readable_tree: changes to a directory with this tree that run_unprivileged can read: this one, or else a copy that goes
# when the stage ends
use_readable_tree() {
	if ! run_unprivileged test -r "$PWD/Makefile" 2>/dev/null; then
		tree_copy=$(mktemp -d /tmp/gpu_encode-tree.XXXXXX)
		at_exit 'rm -rf "$tree_copy"'
		copy_tree "$tree_copy"
		cd "$tree_copy/tree"
	fi
}

# build_probe DIRECTORY: a module of test/*_probe for this server; build/flags is written anew when the server or a flag changes.
# Two stages may want it at once.
build_probe() (
	mkdir -p build
	exec {lock}>build/probe.lock
	flock "$lock"
	if [[ -n $(find "$1" -name '*.so' ! -newer "$extension_flags") ]]; then
		make --no-print-directory -C "$1" PG_CONFIG="$pg_config" clean
	fi
	make -s -j2 --no-print-directory -C "$1" PG_CONFIG="$pg_config" all
)

# mount_small_disk: GE_SMALL_DISK becomes an empty file system of 24 MB of run_unprivileged's user, where that can be had
mount_small_disk() {
	local directory sudo=
	[[ $EUID == 0 ]] || sudo='sudo -n'
	directory=$(mktemp -d /tmp/gpu_encode-disk.XXXXXX)
	at_exit "rmdir '$directory'"
	if $sudo mount -t tmpfs -o "size=24m,mode=0700,uid=$(id -u "$(unprivileged_user)")" gpu_encode "$directory" 2>/dev/null; then
		export GE_SMALL_DISK=$directory
		at_exit "$sudo umount '$directory'"
	fi
}

# run_server_tests [OPTION...] FILE...: tests of whole servers, with PostgreSQL::Test::Cluster, by prove as run_unprivileged; the
# stage is skipped where that is not to be had. They find test/lib, and $TESTDIR to write to. Once in a stage.
run_server_tests() {
	local library=$pgxs_tests/perl status=0
	[[ -f $library/PostgreSQL/Test/Cluster.pm ]] || skip_stage 'this server has no PostgreSQL::Test::Cluster'
	perl -MIPC::Run -e 1 2>/dev/null || skip_stage 'no IPC::Run here'
	# short: a socket's path has at most 107 bytes
	export TESTDIR
	TESTDIR=$(mktemp -d /tmp/gpu_encode-t.XXXXXX)
	at_exit 'rm -rf "$TESTDIR"'
	[[ $EUID != 0 ]] || chown "$(unprivileged_user)" "$TESTDIR"
	# the names that the Makefiles of PostgreSQL 15 to 18 give these to Test::Utils and Test::Cluster
	export TESTDATADIR=$TESTDIR/tmp_check TESTLOGDIR=$TESTDIR/tmp_check/log
	PATH=$("$pg_config" --bindir):$PATH
	export PATH PG_REGRESS=$pgxs_tests/regress/pg_regress PGPORT=65432
	# prove itself keeps lines back, and a stage without output is taken for one that hangs
	run_unprivileged perl -MApp::Prove -e '$| = 1; my $prove = App::Prove->new; $prove->process_args(@ARGV); exit !$prove->run' -- \
		--verbose --timer -I "$library" -I test/lib "$@" || status=$?
	[[ $status == 0 ]] || tail -n 40 "$TESTLOGDIR"/*.log
	return "$status"
}
