# A server that is killed with kill -9, at any moment of writing and after it, keeps what was committed, whole, and nothing else.
#
# Each round is decided by a seed of its own: it writes tables in one session, of every kind, rolls some back and prepares
# some, while another session forces checkpoints; kills the server; starts it again; and compares every table with one that
# was written row by row before. GE_CRASHES is the number of rounds, GE_CRASH_SEED the seed of the first.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use GeTest;
use GeWriter;

my $crashes = $ENV{GE_CRASHES} || 4;
my $first_seed = $ENV{GE_CRASH_SEED} || 1;
my %rows = (narrow => 40_000, wide => 3_000);
my $directory = PostgreSQL::Test::Utils::tempdir();

# What becomes of table number $i of a round: the SQL that writes it (under the name TABLE), and whether it may be there.
my @kinds = (
	{ sql => 'CALL_LOGGED' },
	{ sql => 'CALL_UNLOGGED', unlogged => 1 },
	{ sql => 'BEGIN; CALL_LOGGED; COMMIT' },
	{ sql => 'BEGIN; CALL_LOGGED; ROLLBACK', never => 1 },
	{ sql => 'BEGIN; SAVEPOINT s; CALL_LOGGED; ROLLBACK TO s; CALL_LOGGED; COMMIT' },
	{ sql => 'BEGIN; SAVEPOINT s; CALL_LOGGED; RELEASE s; UPDATE TABLE SET y = y; COMMIT', updated => 1 },
	{ sql => q{BEGIN; CALL_LOGGED; PREPARE TRANSACTION 'TABLE'; COMMIT PREPARED 'TABLE'} },
	{ sql => q{BEGIN; CALL_LOGGED; PREPARE TRANSACTION 'TABLE'}, prepared => 1 },
	{ sql => 'CALL_LOGGED; VACUUM (FREEZE) TABLE; DELETE FROM TABLE WHERE id = 1; CHECKPOINT', shorter => 1 },
);

# The script of a round; fills %$plan: table => its kind and source.
sub round_script
{
	my ($prefix, $plan) = @_;
	my @lines = ('SET client_min_messages = error;');
	for my $i (1 .. 400)
	{
		my ($kind, $source, $table) = ($kinds[ int rand @kinds ], rand() < 0.6 ? 'narrow' : 'wide', "$prefix$i");
		my $sql = $kind->{sql} =~ s/CALL_(UN)?LOGGED/"SELECT rows FROM encode_table('$source', 'TABLE', " . ($1 ? 'false' : 'true') . ')'/ger;
		$plan->{$table} = { %$kind, source => $source };
		push @lines, ($sql =~ s/TABLE/$table/gr) . ';', "\\warn done $table";
		push @lines, "ROLLBACK PREPARED '$table';" if $kind->{prepared} && rand() < 0.7;
	}
	return join "\n", @lines;
}

sub start_session
{
	my ($node, $name, $sql) = @_;
	my $file = "$directory/$name.sql";
	unlink $file;
	append_to_file($file, $sql);
	my %session = (err => "$directory/$name.err");
	$session{harness} = IPC::Run::start([ 'psql', '-XAtq', '-f', $file, '-d', $node->connstr('postgres') ],
		'>', '/dev/null', '2>', $session{err}, limit("the session '$name' until the crash"));
	return \%session;
}

sub done_by
{
	my ($session) = @_;
	return slurp_file($session->{err}) =~ /^done (\w+)$/mg;
}

# Write until killed; returns the tables that the session said to be done.
sub write_and_kill
{
	my ($node, $prefix, $plan) = @_;
	my $writer = start_session($node, 'writer', "\\warn done begin\n" . round_script($prefix, $plan));
	my $checkpoints = start_session($node, 'checkpoints',
		join '', map { sprintf "SELECT pg_sleep(%.3f);\nCHECKPOINT;\n", rand 0.4 } 1 .. 100);
	my $wait = rand 1.2;
	wait_until('the session that writes has begun', sub { -s $writer->{err} });
	usleep(1_000_000 * $wait);
	crash($node);
	$_->{harness}->finish for $writer, $checkpoints;
	return done_by($writer);
}

# What is wrong with the tables of a round after recovery.
sub wrong_tables
{
	my ($node, $prefix, $plan, $expected, $done) = @_;
	my %prepared = map { $_ => 1 } split /\n/, script($node, 'SELECT gid FROM pg_prepared_xacts');
	script($node, join '', map { (rand() < 0.5 ? 'COMMIT' : 'ROLLBACK') . " PREPARED '$_';\n" } sort keys %prepared) if %prepared;
	my %found = map { split /\|/, $_, 2 } split /\n/,
	  script($node, "SELECT relname, rows_digest(oid), bad_pages(oid) FROM pg_class WHERE relname ~ '^$prefix\[0-9]+\$'");
	my (%is_done, @wrong) = map { $_ => 1 } @$done;
	for my $table (sort keys %$plan)
	{
		my ($what, $is, $bad) = ($plan->{$table}, split /\|/, $found{$table} // '');
		push @wrong, "$table is lost" if !defined $is && $is_done{$table} && !$what->{never} && !$what->{prepared};
		push @wrong, "$table was rolled back, but is there" if defined $is && $what->{never};
		next if !defined $is;
		my $right = $what->{unlogged} ? '0' : $expected->{ $what->{source} };
		my $less = (split / /, $right)[0] - (split / /, $is)[0];
		push @wrong, "$table has $is instead of $right"
		  if $is ne $right && !($what->{updated} && $less == 0) && !($what->{shorter} && $less == 1);
		push @wrong, "$table has bad pages: $bad" if ($bad // '') ne '';
	}
	script($node, "SELECT format('DROP TABLE %I', relname) FROM pg_class WHERE relname ~ '^$prefix\[0-9]+\$' \\gexec");
	return (\@wrong, scalar keys %found);
}

my %node;
my %expected;
my @levels = ('replica', 'minimal');
for my $level (@levels)
{
	$node{$level} = writer_server("crash_$level", conf => "fsync = on\nwal_level = $level\nmax_wal_senders = 0\nmax_prepared_transactions = 200\nlog_statement = none\n");
	for my $source (sort keys %rows)
	{
		script($node{$level}, "SELECT make_$source('$source', $rows{$source})");
		script($node{$level}, encode($source, "ordinary_$source", way => 'off'));
		$expected{$level}{$source} = one_value($node{$level}, "SELECT rows_digest('ordinary_$source')");
	}
}
my %tables = map { $_ => 0 } @levels;
my %wrong = map { $_ => [] } @levels;
for my $round (0 .. $crashes - 1)
{
	my ($seed, $level, %plan) = ($first_seed + $round, $levels[ $round % 2 ]);
	srand $seed;
	my @done = write_and_kill($node{$level}, "r${seed}_", \%plan);
	$node{$level}->start;
	my ($wrong, $count) = wrong_tables($node{$level}, "r${seed}_", \%plan, $expected{$level}, \@done);
	push @{ $wrong{$level} }, map { "seed $seed: $_" } @$wrong;
	$tables{$level} += $count;
	note "seed $seed, wal_level = $level: " . @done . " steps done, $count tables there" if $crashes > 20;
}
for my $level (@levels)
{
	is(join("\n", @{ $wrong{$level} }), '', "wal_level = $level: " . int(($crashes + ($level eq 'replica')) / 2) . " crashes, $tables{$level} tables, all whole");
	cmp_ok($tables{$level}, '>', 0, "wal_level = $level: some tables were committed");
	$node{$level}->stop;
	checksums_ok($node{$level}, "wal_level = $level: checksums hold");
}
done_testing();
