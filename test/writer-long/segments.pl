# A checkpoint in the middle of writing a table of more than 1 GB: strace sees that every segment is synced, by the backend
# where recovery would start after the pages' records, else by the backend or the next checkpoint; and the table is whole.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use GeTest;
use GeWriter;

plan skip_all => 'no strace here' if system('strace -V >/dev/null 2>&1') != 0;
my $directory = PostgreSQL::Test::Utils::tempdir();
my $node = writer_server('segments', conf => "fsync = on\nwal_level = replica\nmax_wal_size = 8GB\ncheckpoint_timeout = 1h\nlog_statement = none\n");
# four rows a page: 1.15 GB
script($node, q{CREATE TABLE big AS SELECT i AS id, 'v' || i % 61 AS few, 'm' || i % 1009 AS many, (SELECT string_agg(md5((i * 7 + k)::text), '') FROM generate_series(1, 3) k) || repeat('x', 1700) AS pad, i % 7 AS y
	FROM generate_series(1, 600000) i});

# All syncs that the backend and the checkpointer make between start and stop of strace, as process => path => 1.
sub start_strace
{
	my (%pids) = @_;
	my %trace = (file => "$directory/trace", pids => \%pids, err => '');
	unlink $trace{file};
	$trace{harness} = IPC::Run::start([ 'strace', '-f', '-y', '-e', 'trace=fsync,fdatasync', '-o', $trace{file}, map { ('-p', $_) } values %pids ],
		'>', '/dev/null', '2>', \$trace{err}, limit('strace of the syncs'));
	$trace{harness}->pump_nb, usleep(5000) until (() = $trace{err} =~ /attached/g) >= keys %pids || !$trace{harness}->pumpable;
	return \%trace;
}

sub syncs
{
	my ($trace) = @_;
	my (%syncs, %name);
	$trace->{harness}->signal('INT');
	$trace->{harness}->finish;
	%name = reverse %{ $trace->{pids} };
	for my $line (split /\n/, slurp_file($trace->{file}))
	{
		my ($pid, $path) = $line =~ /^(\d+) +f(?:data)?sync\(\d+<([^>]+)>/ or next;
		$syncs{ $name{$pid} // 'backend' }{$path} = 1;
	}
	return \%syncs;
}

for my $case ([ 'logged, checkpoint in the middle', 1, 1 ], [ 'logged, no checkpoint', 1, 0 ], [ 'unlogged, checkpoint in the middle', 0, 1 ])
{
	my ($name, $logged, $in_the_middle) = @$case;
	script($node, 'CHECKPOINT');
	my $session = begin_writing($node, encode('big', 'o', logged => $logged), 300_000_000);
	ok($session, "$name: stopped in the middle of writing") or next;
	my $trace = start_strace(backend => $session->{pid},
		checkpointer => one_value($node, q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'}));
	my $can_trace = $trace->{err} =~ /attached/;
	kill 'CONT', $session->{pid};
	script($node, 'CHECKPOINT') if $in_the_middle;
	my $size = size_of(new_files($node, $session->{known}));
	my ($out, $err) = end_of($session);
	is($out, "600000\n", "$name: written");
	script($node, 'CHECKPOINT');
  SKIP:
	{
		skip 'strace may not attach here', 2 if !$can_trace;
		my $syncs = syncs($trace);
		my $path = $node->data_dir . '/' . one_value($node, q{SELECT pg_relation_filepath('o')});
		my @segments = grep { -e } map { $_ ? "$path.$_" : $path } 0 .. 9;
		cmp_ok(scalar @segments, '>', 1, "$name: " . @segments . ' segments');
		my @unsynced = grep { !$syncs->{backend}{$_} && !$syncs->{checkpointer}{$_} } @segments;
		is("@unsynced", '', "$name: every segment is synced");
		if ($logged && $in_the_middle)
		{
			cmp_ok($size, '<', one_value($node, q{SELECT pg_relation_size('o')}), "$name: the checkpoint was over before the writing");
			is(join(' ', grep { !$syncs->{backend}{$_} } @segments), '', "$name: by the backend itself, before it commits");
		}
	}
	is(one_value($node, q{SELECT count(*) || bad_pages('o') FROM o}), 600000, "$name: good pages");
	crash($node);
	$node->start;
	is(one_value($node, q{SELECT count(*) FROM o}), $logged ? 600000 : 0, "$name: what is to be there after a crash is there");
	script($node, 'DROP TABLE o');
}
$node->stop;
checksums_ok($node, 'checksums hold');
done_testing();
