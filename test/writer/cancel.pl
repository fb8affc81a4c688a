# A call that is cancelled, times out or loses its session while it writes a big table ends within 200 ms, leaves nothing, and
# the next call works: by pages and row by row, logged and unlogged, with long values.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use GeTest;
use GeWriter;

my $node = writer_server('cancel', conf => "max_wal_size = 2GB\n");
script($node, q{SELECT make_narrow('narrow', 400000), make_wide('wide', 70000), make_narrow('small', 1000)});
script($node, encode('small', 'small_output'));
my $right = one_value($node, q{SELECT rows_digest('small_output')});
# of tables that grow to more than 20 MB
my $far_enough = 5_000_000;
my @late;

sub left_behind
{
	my ($session) = @_;
	my $tables = one_value($node, q{SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class WHERE relname ~ '^big'});
	my $bytes = size_of(new_files($node, $session->{known}));
	my @temporary = glob($node->data_dir . '/base/pgsql_tmp/*');
	return "tables: $tables, bytes of new files: $bytes, temporary files: " . @temporary;
}

# stopped($name, $sql, $stop, $state): runs the call until it is in the middle of writing, does what $stop does to the
# session, which gets it when it goes on; the call must end soon by that SQLSTATE, and leave nothing.
sub stopped
{
	my ($name, $sql, $stop, $state) = @_;
	my $session = begin_writing($node, $sql, $far_enough);
	ok($session, "$name: stopped in the middle of writing") or return;
	$stop->($session);
	my ($out, $err, $seconds) = end_of($session);
	push @late, $seconds;
	like($err, $state, "$name: ends by what stopped it");
	# a machine may stand still for a while; the median is looked at below
	cmp_ok($seconds, '<', 2, "$name: soon, after " . int(1000 * $seconds) . ' ms');
	is(left_behind($session), 'tables: , bytes of new files: 0, temporary files: 0', "$name: leaves nothing");
	return $out;
}

sub cancel
{
	my ($session) = @_;
	kill 'INT', $session->{pid};
	return;
}

for my $way ('auto', 'off')
{
	for my $kind ([ 'narrow', 1 ], [ 'narrow', 0 ], [ 'wide', 1 ])
	{
		my ($source, $logged) = @$kind;
		my $call = encode($source, 'big', way => $way, logged => $logged);
		my $name = "page_writer = $way, $source, " . ($logged ? 'logged' : 'unlogged');
		# the time until the session ends counts, so the next call is of a small table
		my $out = stopped("$name, cancel", "$call" . encode('small', 'small_again', way => $way) . "SELECT rows_digest('small_again'); DROP TABLE small_again;", \&cancel, qr/ERROR:  57014/);
		is((split /\n/, $out // '')[-1], $right, "$name, cancel: the next call of the session works");
	}

	# in a transaction, to a savepoint, whose earlier table stays
	my $out = stopped("page_writer = $way, savepoint",
		'BEGIN;' . encode('small', 'kept', way => $way) . 'SAVEPOINT s;' . encode('narrow', 'big', way => $way)
		  . "ROLLBACK TO s; SELECT rows_digest('kept'); ROLLBACK;", \&cancel, qr/ERROR:  57014/);
	is((split /\n/, $out // '')[-1], $right, "page_writer = $way, savepoint: what was written before stays");

	# the time-out comes while the session stands still, in the middle of writing
	my $timeout = 3;
	stopped("page_writer = $way, statement_timeout",
		"SET statement_timeout = '${timeout}s';" . encode('narrow', 'big', way => $way),
		sub { usleep(1_000_000 * ($timeout + 0.5)) },
		qr/ERROR:  57014.*statement timeout/);
	stopped("page_writer = $way, pg_terminate_backend", encode('narrow', 'big', way => $way),
		sub { my ($session) = @_; kill 'TERM', $session->{pid}; }, qr/57P01|server closed the connection/);
	is(one_value($node, encode('small', "small_$way", way => $way) . "SELECT rows_digest('small_$way')"), $right, "page_writer = $way: another session works");
}
my @sorted = sort { $a <=> $b } @late;
my $median = $sorted[ @sorted / 2 ];
cmp_ok($median, '<', 0.2, sprintf 'half of the calls end within %.0f ms, all within %.0f', 1000 * $median, 1000 * $sorted[-1]);
$node->stop;
checksums_ok($node, 'checksums hold');
done_testing();
