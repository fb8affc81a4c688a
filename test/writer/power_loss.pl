# A machine that loses its power loses what was written and not synced. The kernel keeps that of a server that is only
# killed, so the loss is made here: a preloaded library notes writes and syncs (and does not sync); after the end of the server, every block of
# a new file that was written and never synced becomes zeros. Then the server starts and must have what was committed.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);
use GeTest;
use GeWriter;

my $directory = PostgreSQL::Test::Utils::tempdir();
my $log = "$directory/writes";
my @compile = ('cc', '-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', "$directory/write_log.so", "$FindBin::Bin/write_log.c", '-ldl');
plan skip_all => 'no compiler that makes a shared library here' if system(@compile) != 0;
$ENV{WRITE_LOG} = $log;
# what is started from here on
sub with_log { my ($do) = @_; local $ENV{LD_PRELOAD} = join ' ', grep { $_ } $ENV{LD_PRELOAD}, "$directory/write_log.so"; return $do->(); }

my %rows = (narrow => 120_000, wide => 20_000);
my $node;
my $known;
my %expected;

sub begin
{
	my ($level) = @_;
	$node = with_log(sub { writer_server("power_$level", conf => "fsync = on\nwal_level = $level\nmax_wal_senders = 0\nwal_skip_threshold = 64kB\nmax_wal_size = 1GB\n") });
	for my $source (sort keys %rows)
	{
		script($node, "SELECT make_$source('$source', $rows{$source})");
		script($node, encode($source, "ordinary_$source", way => 'off'));
		$expected{$source} = one_value($node, "SELECT rows_digest('ordinary_$source')");
	}
	return;
}

# From here on what is new can be lost.
sub mark
{
	script($node, 'CHECKPOINT');
	$known = new_files($node);
	return;
}

# Lose what the log says to be unsynced; returns how many blocks that were.
sub lose_unsynced
{
	my (%unsynced, %synced);
	open(my $lines, '<', $log) or die "$log: $!";
	while (<$lines>)
	{
		my ($kind, $path, $offset, $length) = /^([WS]) (.+) (\d+) (\d+)$/ or next;
		next if $path !~ m{/base/\d+/\d+(\.\d+)?$} || $known->{$path};
		if ($kind eq 'S')
		{
			$synced{$path}{$_} = 1 for keys %{ delete $unsynced{$path} // {} };
			next;
		}
		for (my $block = int($offset / 8192); $block * 8192 < $offset + $length; $block++)
		{
			# of a block that was synced before, an older state would come back: leave it
			$unsynced{$path}{$block} = 1 unless $synced{$path}{$block};
		}
	}
	close $lines;
	my $lost = 0;
	for my $path (grep { -e } keys %unsynced)
	{
		open(my $file, '+<', $path) or die "$path: $!";
		binmode $file;
		for my $block (keys %{ $unsynced{$path} })
		{
			next if ($block + 1) * 8192 > -s $path;
			sysseek $file, $block * 8192, 0;
			syswrite $file, "\0" x 8192;
			$lost++;
		}
		close $file;
	}
	return $lost;
}

# The server ends by a loss of power, or is stopped before it; then it starts.
sub lose_power
{
	my (%how) = @_;
	if ($how{clean}) { $node->stop('fast') } else { crash($node) }
	my $lost = lose_unsynced();
	unlink $log;
	with_log(sub { $node->start });
	return $lost;
}

sub is_whole
{
	my ($table, $source, $name) = @_;
	is(one_value($node, "SELECT rows_digest('$table')"), $expected{$source}, "$name: $table is whole");
	is(one_value($node, "SELECT bad_pages('$table')"), '', "$name: $table has good pages");
	return;
}

# The call in a session that is stopped when a part is written, and again, for a checkpoint each time; 1 when that could be
# done and more was written afterwards. One would not tell much: it also syncs what was registered when the file was made.
sub checkpoints_in_the_middle
{
	my ($sql, $source) = @_;
	my $bytes = one_value($node, "SELECT pg_relation_size('ordinary_$source')");
	my $session = begin_writing($node, $sql, $bytes / 5) or return 0;
	my $first = size_after_checkpoint($session);
	my $second = stop_at($session, $first + $bytes / 5) && size_after_checkpoint($session);
	end_of($session);
	return $second && $second < size_of(new_files($node, $session->{known}));
}

# The size of new files after a checkpoint while the session stands still. It gets a moment now and then, as it may have been
# stopped with a lock that the checkpoint needs.
sub size_after_checkpoint
{
	my ($session) = @_;
	my ($in, $out, $err) = ('', '', '');
	my $checkpoint = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', 'CHECKPOINT', '-c', "SELECT 'done'" ],
		'<', \$in, '>', \$out, '2>', \$err, limit('CHECKPOINT while the session stands still'));
	my $moment = time + 0.2;
	while ($out !~ /done/)
	{
		$checkpoint->pump_nb;
		usleep(2000);
		next if time < $moment;
		kill 'CONT', $session->{pid};
		usleep(200);
		kill 'STOP', $session->{pid};
		$moment = time + 0.1;
	}
	my $size = size_of(new_files($node, $session->{known}));
	$checkpoint->finish;
	return $size;
}

for my $level ('replica', 'minimal')
{
	begin($level);

	# The later a table, the fewer checkpoints come to its help.
	mark();
	for my $source (sort keys %rows)
	{
		my ($with_savepoint, $in_it, $prepared, $committed) = map { encode($source, "${source}_$_") } 'with_savepoint', 'in_savepoint', 'prepared', 'committed';
		script($node, "BEGIN; $with_savepoint SAVEPOINT s; $in_it RELEASE s; CHECKPOINT; COMMIT; CHECKPOINT");
		script($node, "BEGIN; $prepared PREPARE TRANSACTION '$source'; CHECKPOINT; $committed");
	}
	ok(checkpoints_in_the_middle(encode('narrow', 'narrow_in_the_middle'), 'narrow'), "wal_level = $level: checkpoints in the middle of writing narrow");
	script($node, encode($_, "${_}_last")) for sort keys %rows;
	my $lost = lose_power();
	for my $source (sort keys %rows)
	{
		script($node, "COMMIT PREPARED '$source'");
		is_whole("${source}_$_", $source, "wal_level = $level, $source") for 'with_savepoint', 'in_savepoint', 'prepared', 'committed', 'last';
	}
	is_whole('narrow_in_the_middle', 'narrow', "wal_level = $level");
	cmp_ok($lost, '>', 100, "wal_level = $level: $lost blocks were lost") if $level eq 'replica';

	# the other shape with nothing after it
	mark();
	ok(checkpoints_in_the_middle(encode('wide', 'wide_in_the_middle'), 'wide'), "wal_level = $level: checkpoints in the middle of writing wide");
	lose_power();
	is_whole('wide_in_the_middle', 'wide', "wal_level = $level");
	mark();
	ok(checkpoints_in_the_middle(encode('narrow', 'then_another'), 'narrow'), "wal_level = $level: checkpoints in the middle, then another");
	script($node, 'CHECKPOINT');
	lose_power();
	is_whole('then_another', 'narrow', "wal_level = $level");

	# unlogged tables count on the checkpoint of a clean end
	mark();
	script($node, encode($_, "${_}_unlogged", logged => 0) . 'CHECKPOINT') for sort keys %rows;
	ok(checkpoints_in_the_middle(encode('narrow', 'unlogged_in_the_middle', logged => 0), 'narrow'),
		"wal_level = $level: checkpoints in the middle of writing an unlogged table");
	lose_power(clean => 1);
	is_whole("${_}_unlogged", $_, "wal_level = $level, after a checkpoint and a clean end") for sort keys %rows;
	is_whole('unlogged_in_the_middle', 'narrow', "wal_level = $level, after checkpoints in the middle and a clean end");
	$node->stop;
	checksums_ok($node, "wal_level = $level: checksums hold");
}
done_testing();
