# Several GPUs in one call: which of them a call takes, where its columns go, the same results as on one GPU and on the CPU, and
# what becomes of the call when one of them is full, fails, hangs or is slow. The GPUs are those of test/fake_backend.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeFakeGpus;

# status codes of src/backend/status.h
my ($out_of_memory, $unusable, $lost, $internal) = (2, 5, 6, 7);

my $node = start_fake_server('gpu_devices', 'devices 2');

# four texts of which a is the widest, then c, b and d
script($node, <<'SQL');
CREATE TABLE t AS
SELECT i, 'value of a, a wide one, ' || i % 900 AS a, 'b' || i % 800 AS b, 'value of c ' || i % 700 AS c, 'd' || i % 9 AS d,
    i % 5 AS fold, CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END AS answer, sqrt(i) AS y
FROM generate_series(1, 20000) i;
CREATE TABLE other AS SELECT i, 'value of a, a wide one, ' || i % 950 AS a, 'b' || i % 700 AS b, 'value of c ' || i AS c, 'd' || i % 11 AS d
FROM generate_series(1, 3000) i;
ANALYZE t;
CREATE TABLE one_column AS SELECT a, y FROM t;
SQL
my $why = q{SELECT backend, detail FROM gpu_encode.last_run() WHERE stage = 'backend'};
my $call = q{SELECT md5(string_agg(r::text, ' ' ORDER BY ordinal)) FROM gpu_encode.target_encode('t', '{a,b,c,d}'::text[], 'y', smooth => 0) r};
my $auto = 'SET gpu_encode.min_gpu_rows = 0';
my $cuda = 'SET gpu_encode.backend = cuda';

# ------------------------------------------------------------------- which devices, and what is on which

sub stage
{
	my ($stage, $settings, $which) = @_;
	my ($out, $error) = session("$settings; \\o /dev/null\n" . ($which // $call) . ";\n\\o\nSELECT detail FROM gpu_encode.last_run() WHERE stage = '$stage';");
	return $out . $error;
}
like(stage('backend', $auto), qr/^0: Fake GPU, 1: Fake GPU: about 20000 rows/, "'auto' takes both where several pay");
like(stage('backend', "$cuda; SET gpu_encode.devices = '0,1'"), qr/^0: Fake GPU, 1: Fake GPU: as set$/, 'a list: all of it');
like(stage('backend', "$cuda; SET gpu_encode.devices = '1'"), qr/^1: Fake GPU: as set$/, 'a list of one: that one');
like(stage('backend', "$cuda"), qr/^0: Fake GPU: as set$/, 'no list, and a job that several do not pay: one');
like(stage('backend', "$auto; SET gpu_encode.min_gpu_rows = 400"), qr/^0: Fake GPU: about/, "so for 'auto'");
like(stage('backend', "$cuda; SET gpu_encode.devices = '0,1'", q{SELECT * FROM gpu_encode.label_encode('one_column', 'a')}), qr/^0: Fake GPU: as set$/,
	'one column: one device');
like(stage('read', $auto), qr/^t, \d workers; GPU 0: a; GPU 1: b, c, d$/,
	'columns are placed by their bytes, and last_run() says where');
my $encode = q{SELECT rows FROM gpu_encode.preprocess('t', 'o', 'y', '{a,b,c,d}', 'other', 'p', '{a,b,c,d}', target_combinations => '[["a","d"],["b","c","d"]]', smooth => 0)};
like(stage('fit', $auto, "BEGIN; $encode; ROLLBACK"), qr/^6 target encodings: GPU 0: .*\ba\b.*; GPU 1: .*\bc\b/, 'targets are where their columns are');
like(stage('combine', $auto, "BEGIN; $encode; ROLLBACK"), qr/^a_d, GPU 0\nb_c_d, GPU 1$/, 'combinations are beside their largest part');
gpus('devices 3', 'free 0 500', 'free 1 900', 'free 2 700', 'unusable 1 too old');
like(stage('backend', $auto), qr/^2: Fake GPU, 0: Fake GPU: about/, 'usable ones only, those with more free memory first');
like(stage('backend', "$cuda; SET gpu_encode.devices = '0,1'"), qr/^0: Fake GPU: as set$/, 'of a list too');
like((session("$cuda; SET gpu_encode.devices = '1,7'; $call;"))[1],
	qr/58000: no GPU can be used.*DETAIL:  no device in gpu_encode.devices is usable \(1: too old; 7: there is no such device\)/s, 'none of several');
gpus('devices 2');
my ($device) = session("$auto; BEGIN; SELECT device FROM gpu_encode.preprocess('t', 'o', 'y', '{a,b}', logged => false, smooth => 0);");
is($device, '0: Fake GPU, 1: Fake GPU', "a result's device column names both");

# ------------------------------------------------------------------- a job that one has no room for

# 900, 800 and 700 categories
gpus('devices 2', 'memory 250000');
my $job = q{SELECT rows FROM gpu_encode.fit('e', 't', 'y', '{a,b,c}', logged => false, smooth => 0)};
like(stage('backend', "SET gpu_encode.min_gpu_rows = 300; SET gpu_encode.devices = '0'", "BEGIN; $job; ROLLBACK"),
	qr/^about \d+ bytes of device memory needed, 250000 there$/, 'too little memory on one');
like(stage('backend', 'SET gpu_encode.min_gpu_rows = 300', "BEGIN; $job; ROLLBACK"), qr/^0: Fake GPU, 1: Fake GPU: about/, 'enough on two');
gpus('devices 2', 'memory 100000');
like(stage('backend', 'SET gpu_encode.min_gpu_rows = 300', "BEGIN; $job; ROLLBACK"), qr/^device [01]: about \d+ bytes of device memory needed, 100000 there$/,
	'too little on two: the CPU');
gpus('devices 2', 'memory_of 1 1000');
like(stage('backend', $auto, "BEGIN; $job; ROLLBACK"), qr/^0: Fake GPU: about/,
	'too little on one of them, whose free memory is not known: the other');

# ------------------------------------------------------------------- the same results, and one device that fails

my %calls = (
	labels => $call,
	folds => q{SELECT md5(string_agg(r::text, ' ' ORDER BY ordinal)) FROM gpu_encode.target_encode('t', '{a,c,fold}'::text[], 'answer', fold_column => 'fold', smooth => 0) r},
	fit => q{SELECT count(*) FROM gpu_encode.fit('e', 't', 'answer', '{a,b,c,d}', '{a,b,c}', target_combinations => '[["a","b"],["b","c","d"]]', smooth => 0);
		SELECT md5(string_agg(e::text, ' ' ORDER BY column_name, kind, value, e::text)) FROM e WHERE kind <> 'parameters'},
	preprocess => "$encode;
		SELECT md5(string_agg(o::text, ' ' ORDER BY i)) FROM o; SELECT md5(string_agg(p::text, ' ' ORDER BY i)) FROM p",
	lists => q{SELECT rows FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{a,d}', '{b,d}', target_combinations => '[["a","d"],["b","c","d"]]',
			min_frequency => 24, handle_missing => 'category', column_options => '{"d": {"categories": ["d7", "never", "d1", "d4"], "handle_unknown": "infrequent", "unseen": "null"}}', smooth => 0);
		SELECT md5(string_agg(o::text, ' ' ORDER BY i)) FROM o; SELECT md5(string_agg(e::text, ' ' ORDER BY column_name, kind, value, e::text)) FROM e WHERE kind <> 'parameters'},
	transform => q{SELECT rows FROM gpu_encode.transform('learnt', 'other', 'o', handle_unknown => 'null'); SELECT md5(string_agg(o::text, ' ' ORDER BY i)) FROM o},
);
script($node, q{SELECT count(*) FROM gpu_encode.fit('learnt', 't', 'y', '{a,b,c,d}', '{a,b}', target_combinations => '[["a","b"],["b","c","d"]]', smooth => 0)});
my $inside = 'SET client_min_messages = notice; BEGIN';
gpus();
my %right = map { $_ => (session("SET gpu_encode.backend = cpu; $inside; $calls{$_}; ROLLBACK;"))[0] } keys %calls;
for my $name (sort keys %calls)
{
	like($right{$name}, qr/^(\d+\n)*[0-9a-f]{32}/, "$name: a result");
	for my $n (1, 2, 3, 5)
	{
		gpus("devices $n");
		my ($out, $error) = session("$auto; $inside; $calls{$name}; ROLLBACK;");
		is($out, $right{$name}, "$name: the same on $n devices");
		unlike($error, qr/ERROR|starts again/, "$name: on $n devices at the first attempt");
	}
}

my @steps = ('dictionary_create@1 1', 'dictionary_add@1 1', 'dictionary_add@0 3', 'dictionary_flush@1 1', 'dictionary_sort@0 2', 'dictionary_sort@1 1',
	'target_create@1 1', 'target_add@0 1', 'target_finish@1 1', 'open@1 1');
my $restarted = 0;
for my $status ($out_of_memory, $lost)
{
	for my $name ('fit', 'folds', 'lists', 'preprocess')
	{
		my @wrong;
		for my $step (@steps)
		{
			gpus('devices 2', "fail $step $status");
			my ($out, $error) = session("$auto; $inside; $calls{$name}; ROLLBACK; $why;");
			my ($answer, $backends) = $out =~ /\A(.*?)\n((?:cuda|cpu)\|.*)\z/s;
			my $failed = $step =~ /\@1/ ? 1 : 0;
			my $other = 1 - $failed;
			my $again = $backends =~ /^cuda\|$other: Fake GPU: started again on other GPUs: device $failed: as the fake was told$/m;
			$restarted += $again;
			my $words = $status == $lost ? 'the GPU failed' : 'the GPU ran out of memory';
			push @wrong, "$step: $out$error"
			  if $answer ne $right{$name} or $error =~ /ERROR/
			  or $again != ($error =~ /NOTICE:  00000: \Q$words\E: the call starts again on GPU $other: Fake GPU\nDETAIL:  device $failed: as the fake/)
			  or (!$again && $step !~ /^open|\@0 [23]/ && !($name eq 'folds' && $step =~ /^target_\w+\@1/)); # one target, on 0
		}
		is_deeply(\@wrong, [], "$name, status $status: started again on the other GPU wherever one fails, with the same result");
	}
}
cmp_ok($restarted, '>', 40, "that happened ($restarted times)");

# both fail, one after the other: then the CPU
gpus('devices 2', "fail dictionary_add\@0 1 $out_of_memory", "fail dictionary_sort\@1 1 $lost");
my ($out, $error) = session("$auto; $inside; $calls{fit}; ROLLBACK; $why;");
like($out, qr/^\Q$right{fit}\E\ncuda\|0: Fake GPU, 1: Fake GPU: [^\n]*\ncuda\|1: Fake GPU: started again[^\n]*\ncpu\|started again on the CPU: as the fake was told$/,
	'the others, then the CPU');

# a lost device does not take the others along
gpus('devices 3', "fail dictionary_add\@1 1 $lost");
($out, $error) = session("$auto; $inside; $calls{labels}; ROLLBACK; $why; $calls{labels}; $why; SELECT device, usable FROM gpu_encode.devices WHERE backend = 'cuda';");
like($out, qr/^$right{labels}\ncuda\|[^\n]*\ncuda\|0: Fake GPU, 2: Fake GPU: started again on other GPUs: device 1: as[^\n]*\n$right{labels}\ncuda\|0: Fake GPU, 2: Fake GPU: about[^\n]*\n0\|t\n1\|f\n2\|t$/,
	'a lost device is left out for the rest of the session, the others stay');

# 'cuda' never goes on without a device that it was told to use
for my $case ([ $out_of_memory, qr/53200: out of memory on the cuda backend.*DETAIL:  device 1: as the fake was told.*HINT:  .*gpu_encode.devices/s ],
	[ $lost, qr/58000: the GPU failed.*DETAIL:  device 1: as the fake was told.*HINT:/s ], [ $internal, qr/XX000: the cuda backend failed.*DETAIL:  device 1: as the fake/s ],
	[ $unusable, qr/58000: no GPU can be used.*DETAIL:  device 1: as the fake was told/s ])
{
	my ($status, $message) = @$case;
	for my $step ('dictionary_add@1 1', 'dictionary_sort@1 1', 'target_add@1 1', 'target_finish@1 1', 'target_rows@1 1')
	{
		gpus('devices 2', "fail $step $status");
		($out, $error) = session("$cuda; SET gpu_encode.devices = '0,1'; BEGIN; $encode; ROLLBACK; SET gpu_encode.backend = cpu; $call;");
		like($error, $message, "'cuda', $step, status $status: an error that names the device");
		is($out, $right{labels}, 'and the session goes on');
	}
}

# ------------------------------------------------------------------- cancel, and a slow device

for my $step ('open@1 1', 'dictionary_add@1 2', 'dictionary_flush@1 1', 'dictionary_sort@0 1', 'dictionary_sort@1 1', 'target_add@1 1', 'target_finish@0 1', 'target_rows@1 1')
{
	gpus('devices 2', "hang $step");
	($out, $error) = session(<<"SQL");
LOAD 'gpu_encode'; $cuda; SET gpu_encode.devices = '0,1'; SET statement_timeout = 400;
BEGIN; SELECT clock_timestamp() AS began \\gset
$encode; ROLLBACK; SET statement_timeout = 0;
SELECT extract(epoch FROM clock_timestamp() - :'began'::timestamptz) < 1.5;
SELECT 'then', count(*) FROM one_column;
SQL
	like($error, qr/ERROR:  57014: canceling statement due to statement timeout/, "$step: a time-out ends a call that hangs on one device");
	like($out, qr/^t\nthen\|20000$/m, "$step: soon, and the session goes on");
}

# 10 calls on rows of each encoding, 20 ms each: the slow device has one encoding, the other five
gpus('devices 2', 'slow 1 20');
my ($slow) = session("$auto; SET gpu_encode.max_workers = 0; $inside; $calls{fit}; ROLLBACK; SELECT sum(seconds) FROM gpu_encode.last_run() WHERE stage IN ('read', 'fit');");
like($slow, qr/^\Q$right{fit}\E\n[0-9.]+$/, 'a slow device: the same result');

# ------------------------------------------------------------------- over all that

$node->stop;
my @log = split /\n/, PostgreSQL::Test::Utils::slurp_file("$orders.log");
is_deeply([ grep { /misuse/ } @log ], [], 'nothing was ever asked of a context that had failed');
is_deeply([ grep { /^close/ && $_ ne 'close 0' } @log ], [], 'every context was closed after its objects');
is((grep { /^open/ } @log), (grep { /^close/ } @log), 'every context was closed');
is_deeply([ map { my $d = $_; scalar(grep { $_ eq "open $d" } @log) > 20 } 0, 1 ], [ 1, 1 ], 'and there were many of both');
done_testing();
