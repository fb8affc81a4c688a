# What can be seen of a call while it runs, stage by stage, and in the log: one line a stage.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

my $node = writer_server('progress', conf => "log_statement = none\nlog_min_duration_statement = -1\n");
script($node, <<'SQL');
SELECT make_narrow('narrow', 100000);
CREATE FUNCTION slowly(n bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN IF n <= 2000 THEN PERFORM pg_sleep(0.01); END IF; RETURN n; END $$;
CREATE VIEW slow AS SELECT id, few, many, y FROM narrow WHERE slowly(id) > 0;
SQL

sub replacing
{
	my ($source) = @_;
	return qq{SELECT rows FROM gpu_encode.fit_transform('e', '$source', 'o', target => 'y', target_columns => '{few}', label_columns => '{few}', order_by => '{id}', replace => true);\n};
}
script($node, replacing('narrow'));

# A session that runs a script; its end must not be waited for.
sub begin
{
	my ($sql) = @_;
	my ($out, $err) = ('', '');
	my $harness = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', $sql ], '<', \'', '>', \$out, '2>', \$err, limit("a session with: $sql"));
	return $harness;
}

sub cancel
{
	my ($harness) = @_;
	script($node, q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()});
	$harness->finish;
	return;
}

# a source is read
my $session = begin(replacing('slow'));
wait_for_answer($node, 'the view is read', q{SELECT count(*) = 1 FROM pg_stat_progress_copy WHERE relid = 'slow'::regclass});
cancel($session);
is(one_value($node, 'SELECT count(*) FROM pg_stat_progress_copy'), 0, 'a call that was cancelled is not shown');

# the row of a command that makes the call stays
$session = begin(q{COPY (SELECT * FROM gpu_encode.label_encode('slow', 'few', order_by => '{id}')) TO '/dev/null'});
wait_for_answer($node, 'the view is read by COPY', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
is(one_value($node, q{SELECT command FROM pg_stat_progress_copy}), 'COPY TO', 'COPY TO is shown');
cancel($session);

# a table is written
$session = begin_writing($node, replacing('narrow'), 1_500_000);
ok($session, 'stopped in the middle of writing') or BAIL_OUT('the write was over too soon');
is(one_value($node, q{SELECT relid::regclass || ' ' || (tuples_processed BETWEEN 1000 AND 100000) FROM pg_stat_progress_copy}), 'o true', 'rows of the output are counted');
end_of($session);
is(one_value($node, 'SELECT count(*) FROM pg_stat_progress_copy'), 0, 'a call that is over is not shown');

# a heap takes the place of another
script($node, 'ALTER FUNCTION slowly RENAME TO quickly; CREATE FUNCTION slowly(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT n $$; CREATE INDEX ON o (slowly(id)); '
	. 'CREATE OR REPLACE FUNCTION slowly(n bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN n; END $$');
$session = begin(replacing('narrow'));
wait_for_answer($node, 'the index is built', q{SELECT count(*) = 1 FROM pg_stat_progress_cluster WHERE relid = 'o'::regclass AND phase = 'rebuilding index'});
cancel($session);

# the log
script($node, 'DROP INDEX o_slowly_idx');
my $before = -s $node->logfile;
my @stages = split /\n/, script($node, 'SET gpu_encode.log_stages = on;' . replacing('narrow') . 'SELECT stage FROM gpu_encode.last_run()');
shift @stages;
my @lines = split /\n/, substr(slurp_file($node->logfile), $before);
my @logged = grep { /gpu_encode stage/ } @lines;
is(scalar @logged, scalar @stages, 'one line a stage') or diag join "\n", @lines;
is(join(' ', map { /stage (\w+):/ ? $1 : '' } @logged), join(' ', @stages), 'in their order');
is(scalar(grep { /STATEMENT|DETAIL|CONTEXT/ } @lines), 0, 'and no other line') or diag join "\n", @lines;
like($logged[1], qr/LOG:  gpu_encode stage read: 100000 rows in \d+\.\d{3} s on cpu: narrow, \d+ workers$/, 'a stage that computes');
like(join("\n", @logged), qr/LOG:  gpu_encode stage replace: 100000 rows in \d+\.\d{3} s: o$/m, 'one that the server computes');
$node->stop;
done_testing();
