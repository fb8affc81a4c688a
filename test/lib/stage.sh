# What the stages of test/run share: sourced by bash, first line after "set".
#
# A stage is a script of test/stages; it prints TAP or what pg_regress prints, and ends with status 0 when all is well, or
# by skip_stage. What it writes goes under build/, or where an unprivileged user can write when that is not the caller.
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
pg_config=$(pg_config_path)
pgxs_tests=$(dirname "$("$pg_config" --pgxs)")/../test

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

# copy_tree DIRECTORY: a copy of this tree that everybody can read, as DIRECTORY/tree, with real data beside it as here
copy_tree() {
	mkdir -p "$1/tree"
	tar --exclude=./.git --exclude=./build --exclude=./demo -cf - . | tar -xf - -C "$1/tree"
	chmod -R a+rX "$1"
	[[ ! -d ../shared ]] || ln -s "$(realpath ../shared)" "$1/shared"
}

# use_readable_tree: changes to a directory with this tree that run_unprivileged can read: this one, or else a copy that goes
# when the stage ends
use_readable_tree() {
	if ! run_unprivileged test -r "$PWD/Makefile" 2>/dev/null; then
		tree_copy=$(mktemp -d /tmp/gpu_encode-tree.XXXXXX)
		trap 'rm -rf "$tree_copy"' EXIT
		copy_tree "$tree_copy"
		cd "$tree_copy/tree"
	fi
}
