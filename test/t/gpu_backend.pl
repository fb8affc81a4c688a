# The GPU backend as the server sees it: which devices there are, which backend a call takes and why, and what becomes of a
# call, and of its session, when the GPU has too little memory, fails, or hangs. The GPUs are those of test/fake_backend.
use strict;
use warnings;
use Time::HiRes;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeFakeGpus;

# status codes of src/backend/status.h
my ($out_of_memory, $lost, $internal) = (2, 6, 7);

my $node = start_fake_server('gpu_backend');

script($node, <<'SQL');
CREATE TABLE t AS
SELECT i, 'v' || i % 1000 AS many, 'w' || i % 7 AS few, i % 5 AS fold, CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END AS answer,
    sqrt(i) AS y, repeat('x', 100) AS pad
FROM generate_series(1, 20000) i;
CREATE VIEW v AS SELECT * FROM t;
SELECT count(*) FROM gpu_encode.fit('small', 't', 'y', '{few,many}', '{few}', target_combinations => '[["few","many"]]', smooth => 0);
SQL
my $why = q{SELECT backend, detail FROM gpu_encode.last_run() WHERE stage = 'backend'};
my $any_call = q{SELECT count(*) FROM gpu_encode.label_encode('t', 'few')};
my $listing = q{SELECT backend, device, usable, reason FROM gpu_encode.devices};

# ------------------------------------------------------------------- what is there, and why not

# What the view lists, how 'cuda' fails, what 'auto' does.
sub unusable
{
	my ($what, $reason, $seen) = @_;
	my ($listed) = session("$listing;");
	like($listed, qr/^cpu\|cpu\|t\|$/m, "$what: the CPU is listed");
	like($listed, $seen // qr/^cuda\|\|f\|[^|]*$reason/m, "$what: the view says why");
	my ($out, $error) = session("SET gpu_encode.backend = cuda; $any_call;");
	like($error, qr/ERROR:  58000: no GPU can be used.*DETAIL:  [^\n]*$reason.*HINT:/s, "$what: 'cuda' is an error that says why");
	($out) = session("SET gpu_encode.min_gpu_rows = 0; $any_call; $why;");
	like($out, qr/^20000\ncpu\|[^|]*$reason/, "$what: 'auto' works, and last_run() says why");
	return;
}
gpus('no_driver no NVIDIA driver is loaded');
unusable('no driver', 'no NVIDIA driver is loaded');
gpus('abi 1');
unusable('an old library', 'gpu_encode_cuda is of another version than gpu_encode');
gpus('unusable 0 too old for this build');
unusable('an old GPU', 'too old for this build', qr/^cuda\|0\|f\|too old for this build$/m);
gpus();
rename $library, "$library.away" or die $!;
unusable('no library', 'gpu_encode_cuda is not installed');
PostgreSQL::Test::Utils::append_to_file($library, 'no library');
unusable('a broken library', 'could not load gpu_encode_cuda');
rename "$library.away", $library or die $!;

# ------------------------------------------------------------------- which device

sub device
{
	my ($list) = @_;
	my ($out, $error) = session("LOAD 'gpu_encode'; SET gpu_encode.backend = cuda; SET gpu_encode.devices = $list; $any_call; $why;");
	return $out =~ /^cuda\|(\d)/m ? $1 : $error;
}
gpus('devices 4', 'unusable 0 too old', 'free 0 900', 'free 1 500', 'free 2 700', 'free 3 700');
is((session("SELECT device, usable FROM gpu_encode.devices WHERE backend = 'cuda';"))[0], "0|f\n1|t\n2|t\n3|t", 'every device is listed');
is(device("''"), 2, 'no list: the usable one with the most free memory');
is(device("'3'"), 3, 'the one that is listed');
is(device("'1, 2'"), 2, 'of several, the one with the most free memory');
is(device("'1'"), 1, 'the only one');
is(device('0, 1, 3'), 3, 'never one that is not usable, however much is free');
is(device("'3,2'"), 3, 'the first of those with as much');
is(device("'3,7'"), 3, 'never one that does not exist');
like(device("'0'"), qr/58000.*DETAIL:  too old/s, 'one that is not usable: an error that says why');
like(device("'9'"), qr/58000.*DETAIL:  there is no such device/s, 'one that does not exist');
like(device("'7,0'"), qr/no device in gpu_encode.devices is usable \(7: there is no such device; 0: too old\)/, 'none of several');
my ($fallback) = session("SET gpu_encode.min_gpu_rows = 0; SET gpu_encode.devices = '7,0'; $any_call; $why;");
like($fallback, qr/^20000\ncpu\|no device in gpu_encode.devices is usable/, "none usable: 'auto' takes the CPU");

# ------------------------------------------------------------------- what auto chooses

gpus();
sub choice
{
	my ($settings, $call) = @_;
	my ($out) = session("$settings; " . ($call // $any_call) . "; $why;");
	return (split /\n/, $out)[-1];
}
like(choice('SET gpu_encode.min_gpu_rows = 1000000'), qr/^cpu\|.*rows/, 'few rows: the CPU');
like(choice('SET gpu_encode.min_gpu_rows = 1000'), qr/^cuda\|0: Fake GPU: .*rows/, 'many rows: the GPU');
like(choice('SET gpu_encode.min_gpu_rows = 1000', q{SELECT count(*) FROM gpu_encode.label_encode('v', 'few')}),
	qr/^cuda\|0: Fake GPU/, 'rows of a view count as the planner expects them');
like(choice('SET gpu_encode.backend = cpu'), qr/^cpu\|as set$/, 'the CPU as set');
like(choice('SET gpu_encode.backend = cuda'), qr/^cuda\|0: Fake GPU: as set$/, 'the GPU as set');
like((session("SET client_min_messages = debug1; $any_call;"))[1], qr/DEBUG: .*gpu_encode computes on the cpu backend: .*rows/, 'and at DEBUG1');

# without statistics a job is tried, with them it is known not to fit
gpus('memory 100000');
my $many = q{SELECT count(*) FROM gpu_encode.label_encode('t', 'many')};
like(choice('SET gpu_encode.min_gpu_rows = 0', $many), qr/^cuda/, 'no statistics: the GPU is tried');
script($node, 'ANALYZE t');
like(choice('SET gpu_encode.min_gpu_rows = 0', $many), qr/^cpu\|about \d+ bytes of device memory needed, 100000 there/,
	"what does not fit goes to the CPU, with the figures");
like(choice('SET gpu_encode.backend = cuda', $many), qr/^cuda/, "'cuda' finds out by trying");
gpus();
like(choice('SET gpu_encode.min_gpu_rows = 1000'), qr/^cpu\|about 20000 rows, as much as 1250 lookups in large dictionaries: not worth the GPU's start/,
	'few categories, and a GPU that has to be started: the CPU');
like(choice('SET gpu_encode.min_gpu_rows = 300'), qr/^cuda\|.*: worth the GPU's start, which pays from 1200 on/, 'more rows beside the minimum: the GPU');
like(choice("SET gpu_encode.min_gpu_rows = 1000; SET gpu_encode.backend = cuda; $any_call; SET gpu_encode.backend = auto"),
	qr/^cuda\|.*about 20000 rows, and the GPU is started/, 'a GPU that is started already');
like(choice("SET gpu_encode.min_gpu_rows = 1000; SET gpu_encode.context_idle_timeout = '1s'; SET gpu_encode.backend = cuda; $any_call; SET gpu_encode.backend = auto; SELECT pg_sleep(1.1)"),
	qr/^cpu\|/, 'one that an idle session has given back');
like(choice("SET gpu_encode.min_gpu_rows = 0; SET gpu_encode.gpu_memory_limit = '1MB'",
	q{SELECT count(*) FROM gpu_encode.target_encode('t', 'many', 'y', n_folds => 100, smooth => 0)}),
	qr/^cpu\|about \d+ bytes of device memory needed, 1048576 there/, 'gpu_memory_limit is what there is');
gpus("fail open 1 $out_of_memory");
like(choice('SET gpu_encode.min_gpu_rows = 0'), qr/^cpu\|as the fake was told/, 'not even the start: the CPU');
like((session("SET gpu_encode.backend = cuda; $any_call;"))[1], qr/53200: out of memory on the cuda backend.*DETAIL:.*HINT:  SET gpu_encode.backend = auto .* fewer columns/s, "'cuda': an error with a way out");

# ------------------------------------------------------------------- memory that ends in the middle

# Calls of every kind, with what they give: rows, outputs, encoders.
my %calls = (
	label_encode => q{SELECT md5(string_agg(r::text, ' ' ORDER BY ordinal)) FROM gpu_encode.label_encode('t', 'many') r},
	view => q{SELECT md5(string_agg(r::text, ' ' ORDER BY ordinal)) FROM gpu_encode.target_encode('v', 'many', 'y', order_by => '{i}', smooth => 0) r},
	target_encode => q{SELECT md5(string_agg(r::text, ' ' ORDER BY ordinal)) FROM gpu_encode.target_encode('t', '{many,few,fold}'::text[], 'answer', fold_column => 'fold', smooth => 0) r},
	fit => q{SELECT count(*) FROM gpu_encode.fit('e', 't', 'answer', '{many,few}', '{many}', target_combinations => '[["few","many"]]', smooth => 0);
		SELECT md5(string_agg(e::text, ' ' ORDER BY column_name, kind, value, e::text)) FROM e WHERE kind <> 'parameters'},
	transform => q{SELECT rows FROM gpu_encode.transform('small', 't', 'o'); SELECT md5(string_agg(o::text, ' ' ORDER BY i)) FROM o},
	preprocess => q{SELECT rows FROM gpu_encode.preprocess('t', 'o', 'answer', '{many,few}', 't', 'p', target_combinations => '[["few","many"]]', smooth => 0);
		SELECT md5(string_agg(o::text, ' ' ORDER BY i)) FROM o; SELECT md5(string_agg(p::text, ' ' ORDER BY i)) FROM p},
);
my $reading = "SET client_min_messages = notice; BEGIN";
my %right = map { $_ => (session("SET gpu_encode.backend = cpu; $reading; $calls{$_}; ROLLBACK;"))[0] } keys %calls;
my @steps = ('dictionary_create 1', 'dictionary_add 1', 'dictionary_add 3', 'dictionary_flush 1', 'dictionary_flush 2', 'dictionary_sort 1',
	'dictionary_sort 3', 'target_create 1', 'target_add 1', 'target_finish 1', 'target_statistics 1', 'target_create 3');
my $restarted = 0;
for my $name (sort keys %calls)
{
	for my $workers (0, 3)
	{
		my @wrong;
		for my $step (@steps)
		{
			# fit asks for statistics when it writes the encoder: below
			next if $name eq 'fit' and $step =~ /statistics/;
			gpus("fail $step $out_of_memory");
			my ($out, $error) = session("SET gpu_encode.min_gpu_rows = 0; SET gpu_encode.max_workers = $workers; $reading; $calls{$name}; ROLLBACK; $why;");
			my ($answer, $backends) = $out =~ /\A(.*?)\n(cuda\|.*)\z/s;
			my $started_again = $backends =~ /^cpu\|started again on the CPU: as the fake was told/m;
			$restarted += $started_again;
			push @wrong, "$step: $out$error"
			  if $answer ne $right{$name} or $error =~ /ERROR/
			  or $started_again != ($error =~ /NOTICE:.*starts again on the CPU/)
			  or (() = $error =~ /counts 1/g) > 1;
		}
		is_deeply(\@wrong, [], "$name, $workers workers: started again on the CPU wherever memory ends, with the same result");
	}
}
cmp_ok($restarted, '>', 80, "that happened ($restarted times)");

# when results are being written already, and when nobody allowed the CPU
gpus("fail target_rows 1 $out_of_memory");
my ($out, $error) = session("SET gpu_encode.min_gpu_rows = 0; $calls{view}; $any_call; SELECT count(*) FROM gpu_encode.last_run() WHERE backend = 'cuda';");
like($error, qr/53200: out of memory on the cuda backend.*DETAIL:  as the fake was told.*HINT:  .*SET gpu_encode.backend = cpu/s, 'too late to start again: an error with a way out');
like($out, qr/^20000\n[1-9]/, 'and the next call takes the GPU again');
gpus("fail target_statistics 1 $out_of_memory");
($out, $error) = session("SET gpu_encode.min_gpu_rows = 0; $calls{fit}; $any_call;");
like($error, qr/53200: out of memory on the cuda backend.*HINT:.*relation "e" does not exist/s, 'so when an encoder is written, of which nothing stays');
like($out, qr/^20000$/m, 'and the session goes on');
gpus("fail dictionary_add 1 $out_of_memory");
($out, $error) = session("SET gpu_encode.backend = cuda; $calls{view}; SET gpu_encode.backend = cpu; $any_call;");
like($error, qr/53200: out of memory on the cuda backend.*HINT:/s, "'cuda' never takes the CPU");
is($out, '20000', 'which remains for the next call');

# ------------------------------------------------------------------- a GPU that fails

for my $step ('open 1', 'dictionary_add 2', 'dictionary_sort 1')
{
	gpus("fail $step $lost");
	($out, $error) = session("SET gpu_encode.min_gpu_rows = 0; $any_call; $any_call; $why; SET gpu_encode.backend = cuda; $any_call; SET gpu_encode.backend = auto; $any_call;");
	my $at_once = $step eq 'open 1';
	like($error, qr/NOTICE:  00000: the GPU failed: the call starts again on the CPU\nDETAIL:  as the fake was told/,
		"$step: where a GPU is lost, 'auto' starts again on the CPU") if !$at_once;
	like($out, qr/^20000\n20000\ncpu/, "$step: then 'auto' takes the CPU");
	like($out, qr/cpu\|the GPU failed earlier in this session\n20000$/, "$step: and says why");
	is((() = $error =~ /ERROR:  58000: the GPU failed/g), 1, "$step: 'cuda' is an error");
	like($error, qr/HINT:  This session computes without that GPU from now on/, "$step: that says what follows");
	gpus();
	like(choice('SET gpu_encode.min_gpu_rows = 0'), qr/^cuda/, "$step: a new session takes the GPU");
}
gpus("fail dictionary_add 1 $internal");
($out, $error) = session("SET gpu_encode.min_gpu_rows = 0; $any_call; SET gpu_encode.backend = cpu; $any_call;");
like($error, qr/XX000: the cuda backend failed.*DETAIL:  as the fake was told/s, 'a defect is an error');
is($out, '20000', 'and the session goes on');

# ------------------------------------------------------------------- a GPU that hangs

for my $step ('dictionary_add 2', 'dictionary_flush 1', 'dictionary_sort 1', 'target_add 1', 'target_finish 1', 'target_rows 1')
{
	gpus("hang $step");
	my $began = Time::HiRes::time();
	($out, $error) = session("SET gpu_encode.backend = cuda; SET statement_timeout = 500; $calls{preprocess}; SET statement_timeout = 0; SELECT 'then', count(*) FROM small;");
	like($error, qr/ERROR:  57014: canceling statement due to statement timeout/, "$step: a time-out ends it");
	cmp_ok(Time::HiRes::time() - $began, '<', 5, "$step: soon");
	like($out, qr/then\|\d+$/, "$step: the session goes on");
}

# before there is anything to compute with
for my $case (
	[ 'open 1', "SET gpu_encode.min_gpu_rows = 0; $any_call" ],
	[ 'open 1', "SET gpu_encode.backend = cuda; $any_call" ],
	[ 'devices 1', "SET gpu_encode.backend = cuda; SET gpu_encode.devices = '0,1'; $any_call" ],
	[ 'devices 1', "SET gpu_encode.min_gpu_rows = 0; SET gpu_encode.devices = '0,1'; $any_call" ],
	[ 'devices 1', $listing ])
{
	my ($step, $call) = @$case;
	gpus("hang $step", 'devices 2');
	my $began = Time::HiRes::time();
	($out, $error) = session("LOAD 'gpu_encode'; SET statement_timeout = 500; $call; SET statement_timeout = 0; SELECT 'then', count(*) FROM small;");
	like($error, qr/ERROR:  57014: canceling statement due to statement timeout/, "$step: a time-out ends '$call'");
	cmp_ok(Time::HiRes::time() - $began, '<', 5, "$step: soon");
	like($out, qr/then\|\d+$/, "$step: the session goes on");
}

# the cancel comes first and memory ends then: leaving the workers raises the cancel, which is not the end of memory
gpus("late dictionary_add 2 $out_of_memory");
($out, $error) = session("SET gpu_encode.min_gpu_rows = 0; SET statement_timeout = 500; $any_call; SET statement_timeout = 0; SELECT 'then', count(*) FROM small;");
like($error, qr/ERROR:  57014: canceling statement due to statement timeout/, 'a cancel is not lost where memory ends as well');
unlike($error, qr/starts again/, 'and nothing starts again');
like($out, qr/^then\|\d+$/, 'the session goes on');

gpus('hang dictionary_add 2');
my $began = Time::HiRes::time();
my $victim = $node->background_psql('postgres', on_error_stop => 0);
$victim->query_until(qr/started/, "SET application_name = 'victim'; SET gpu_encode.backend = cuda;\n\\echo started\n$any_call;\n");
wait_for_answer($node, 'the session that is to be killed has begun its call',
	q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'victim' AND state = 'active'});
Time::HiRes::sleep(0.3);
script($node, q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'});
ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'victim' OR backend_type = 'parallel worker'}),
	'pg_terminate_backend ends a session whose GPU hangs');
cmp_ok(Time::HiRes::time() - $began, '<', 10, 'soon');
eval { $victim->quit };

# ------------------------------------------------------------------- over all that

$node->stop;
my @log = split /\n/, PostgreSQL::Test::Utils::slurp_file("$orders.log");
is_deeply([ grep { /misuse/ } @log ], [], 'nothing was ever asked of a context that had failed');
is_deeply([ grep { /^close/ && $_ ne 'close 0' } @log ], [], 'every context was closed after its objects');
is((grep { /^open/ } @log), (grep { /^close/ } @log), 'every context was closed');
cmp_ok(scalar(@log), '>', 300, 'and there were many');
cmp_ok((grep { $_ eq 'exit' } @log), '>', 50, 'processes told the backend before they ended');
done_testing();
