# What the pieces of the benchmark share: sourced by bash after scripts/common.sh, on the server that PGHOST leads to.
#
# Figures are lines of "line, what, number", tab-separated, on standard output: a line is one way to do the job, as
# "job cpu unlogged"; what is total (seconds), a stage's name, count, or peaks of memory in kB.
export PSQLRC=/dev/null PGOPTIONS="-c client_min_messages=warning"
work=$(mktemp -d /tmp/gpu_encode-bench.XXXXXX)
# the server's user and ours both write there
chmod 777 "$work"
export FILLER=$work/filler
watcher=
trap '[[ -z $watcher ]] || kill "$watcher" 2>/dev/null || true; rm -rf "$work"' EXIT

sql() {
	psql -X -q -A -t -F $'\t' -v ON_ERROR_STOP=1 "$@"
}

# figure LINE: names and numbers from standard input, as figures of LINE
figure() {
	awk -v line="$1" -F '\t' -v OFS='\t' 'NF == 2 { print line, $1, $2 }'
}

# watch_memory PID_FILE: peaks in kB of the process whose pid gets written there, until it ends
watch_memory() {
	exec perl -e '
		my ($file, $pid, %peak) = (shift, "", RssAnon => 0, VmSwap => 0);
		until ($pid =~ /^\d+\n/) { select undef, undef, undef, 0.01; $pid = -s $file ? `cat $file` : "" }
		chomp $pid;
		while (open my $status, "<", "/proc/$pid/status") {
			/^(RssAnon|VmSwap):\s*(\d+)/ && $2 > $peak{$1} and $peak{$1} = $2 while <$status>;
			select undef, undef, undef, 0.02;
		}
		print "$_\t$peak{$_}\n" for sort keys %peak' "$1"
}

# begin_line: what comes before every line, not timed: the last line's table goes, and its pages from the server's memory to
# files; free memory is filled (fill_memory).
begin_line() {
	sql -c 'DROP TABLE IF EXISTS output' -c CHECKPOINT
	test/bench/fill_memory
}

# session LINE FILE [PSQL ARGUMENT...]: figures of one session that makes table output by FILE of sql/
session() {
	local line=$1 file=$2
	shift 2
	begin_line
	rm -f "$work/pid"
	watch_memory "$work/pid" >"$work/memory" &
	watcher=$!
	sql -v file="test/bench/sql/$file" -v pid_file="$work/pid" -v twice=no "$@" -f test/bench/sql/session.sql >"$work/figures"
	wait "$watcher"
	watcher=
	figure "$line" <"$work/figures"
	figure "$line" <"$work/memory"
}

# job BACKEND PERSISTENCE [SUFFIX]: the job by this extension; unlogged twice in its session, as users of a session do
job() {
	local suffix=${3:-}
	PGOPTIONS="$PGOPTIONS -c gpu_encode.backend=$1" session "job $1 $2${suffix:+ wide}" job.sql -v suffix="$suffix" \
		-v twice="$([[ $2 == unlogged ]] && echo yes || echo no)" -v logged="$([[ $2 == logged ]] && echo true || echo false)"
}

# same_shape PERSISTENCE [wide]: a bare table
same_shape() {
	session "table $1${2:+ $2}" "same_shape${2:+_$2}.sql" -v persistence="$([[ $1 == logged ]] || echo unlogged)"
}

plain() {
	session 'sql unlogged' plain.sql
}

# peer NAME: what somebody does who takes the table out of the server and the result in again; see peers/README.md
peer() {
	begin_line
	"$PEER_PYTHON" test/bench/peers/run.py "$1" "$work" >"$work/figures"
	sql -f test/bench/sql/count.sql >>"$work/figures"
	rm -f "$work"/*.csv
	figure "peer $1" <"$work/figures"
}
