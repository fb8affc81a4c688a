# A wait of a test ends, and says what it waited for.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Run ();
use FindBin;
use GeTest;

my $node = start_server('waits');

sub dies
{
	my ($wait, $message, $name) = @_;
	local $GeTest::longest_wait = 1;
	local $PostgreSQL::Test::Utils::timeout_default = 1;
	eval { $wait->(); 1 };
	like($@, $message, $name);
	return;
}

sub start_sleep
{
	return IPC::Run::start([ 'sleep', '20' ], limit('a sleep'));
}

sub pump
{
	my ($harness) = @_;
	$harness->pump_nb, Time::HiRes::usleep(1000) while $harness->pumpable;
	return;
}

dies(sub { $node->safe_psql('postgres', 'SELECT pg_sleep(20)') }, qr/no answer after 1 s to:.*pg_sleep/s, 'a statement');
dies(sub { wait_until('x is y', sub { 0 }) }, qr/x is y: not so after 1 s/, 'a condition');
dies(sub { wait_for_answer($node, 'the answer is true', 'SELECT false') }, qr/the answer is true: not so after 1 s/, 'a query');
dies(sub { start_sleep()->finish }, qr/a sleep: not over after 1 s/, 'the end of a program');
dies(sub { pump(start_sleep()) }, qr/a sleep: not over after 1 s/, 'what a program prints');
is(scalar $node->psql('postgres', 'SELECT 1'), 0, 'psql() gives its status');
is(($node->psql('postgres', 'SELECT 7'))[1], '7', 'and what it prints');
$node->stop;
done_testing();
