# GE_NIGHTS (100) nights of the census job with replace => true, beside readers who never stop: grants, views and prepared
# statements work all the time, and nothing grows: no table, no file, no memory.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $nights = $ENV{GE_NIGHTS} || 100;
my $rows = 20_000;
my $node = start_server('nights', conf => "log_min_messages = warning\n");
my $directory = PostgreSQL::Test::Utils::tempdir();
my $census = "$FindBin::Bin/../../scripts/make-census";
system("perl '$census' $rows 1 > '$directory/pool.csv'") == 0 or die 'no census';
chmod 0755, $directory;
script($node, "SELECT created FROM gpu_encode.s3_create_table('pool', 'file://$directory/pool.csv')");
script($node, <<'SQL');
CREATE ROLE reader;
CREATE TABLE stop (n int);
CREATE TABLE train AS SELECT * FROM pool LIMIT 0;
CREATE TABLE validation AS SELECT * FROM pool LIMIT 0;
-- the rows of a night: each night others, and not always as many
CREATE FUNCTION load(night int) RETURNS void LANGUAGE sql AS $$
    TRUNCATE train, validation;
    INSERT INTO train SELECT p.* FROM (SELECT p, row_number() OVER () i FROM pool p) q, LATERAL (SELECT (p).*) p WHERE (i + night) % 20 < 14;
    INSERT INTO validation SELECT p.* FROM (SELECT p, row_number() OVER () i FROM pool p) q, LATERAL (SELECT (p).*) p WHERE (i + night) % 20 > 14;
$$;
CREATE FUNCTION night(night int) RETURNS text LANGUAGE sql AS $$
    SELECT load(night);
    SELECT string_agg(part || ' ' || rows, ', ') FROM gpu_encode.preprocess(
        train => 'train', train_output => 'train_encoded', validation => 'validation', validation_output => 'validation_encoded',
        target => 'income', target_columns => ARRAY['class of worker', 'education', 'major industry code'], smooth => 0.001,
        prior => 'global', null_value => 'None', handle_unknown => 'null', encoder => 'census_encoder', replace => true);
$$;
CREATE TABLE sizes AS SELECT 0 AS night, 0::bigint AS relations, 0::bigint AS files, 0::bigint AS bytes, 0::bigint AS memory LIMIT 0;
CREATE FUNCTION measure(n int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO sizes SELECT n, (SELECT count(*) FROM pg_class),
        (SELECT count(*) FROM pg_ls_dir('base/' || (SELECT oid FROM pg_database WHERE datname = current_database())) f WHERE f ~ '^[0-9]+$'),
        (SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname IN ('train_encoded', 'validation_encoded', 'census_encoder')),
        (SELECT sum(total_bytes) FROM pg_backend_memory_contexts)
$$;
SELECT night(0);
CREATE INDEX ON train_encoded (education, "class of worker");
CREATE VIEW report AS SELECT income, count(*) AS n, avg("education_TE") AS encoding FROM train_encoded GROUP BY 1;
GRANT SELECT ON report, validation_encoded, census_encoder, stop TO reader;
SQL
my $oids = script($node, q{SELECT relname, oid FROM pg_class WHERE relname ~ '^(train_encoded|validation_encoded|census_encoder)' ORDER BY relname});

# a reader for each table: a statement again and again, until it fails; with a row in table stop it fails
my %reads = (
	report => q{SELECT sum(n) BETWEEN 13900 AND 14100, count(*) = 2 FROM report},
	validation_encoded => q{SELECT count(*) BETWEEN 4900 AND 5100, min("education_TE") >= 0 FROM validation_encoded},
	census_encoder => q{SELECT count(*) > 50, gpu_encode.label('census_encoder', 'education', (SELECT min(value) FROM census_encoder WHERE column_name = 'education')) = 0 FROM census_encoder},
);
my %readers;
for my $table (sort keys %reads)
{
	my %reader = map { $_ => "$directory/$table.$_" } 'sql', 'out', 'err';
	append_to_file($reader{sql}, "SET ROLE reader;\nPREPARE reads AS SELECT r.*, 1 / (SELECT 1 - count(*) FROM stop) FROM ($reads{$table}) r (a, b);\nEXECUTE reads \\watch 0.05\n");
	$reader{harness} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', $reader{sql}, '-d', $node->connstr('postgres') ],
		'<', '/dev/null', '>', $reader{out}, '2>', $reader{err}, limit("the reader of $table"));
	$readers{$table} = \%reader;
}

my $sql = join '', map { "SELECT night($_);\n" . ($_ % 10 == 0 ? "CHECKPOINT;\nSELECT measure($_);\n" : '') } 1 .. $nights;
my $answers = script($node, $sql);
is(scalar(() = $answers =~ /^train 14000, validation 5000$/mg), $nights, "$nights nights");
script($node, 'INSERT INTO stop VALUES (1)');
for my $table (sort keys %readers)
{
	my $reader = $readers{$table};
	$reader->{harness}->finish;
	my ($out, $err) = map { slurp_file($reader->{$_}) } 'out', 'err';
	like($err, qr/^psql:\S+:3: ERROR:  (.*: )?division by zero$/, "the reader of $table met no error before it was stopped");
	my ($right, $wrong) = (scalar(() = $out =~ /^t\|t\|1$/mg), scalar(() = $out =~ /^(?!t\|t\|1$).*\|.*$/mg));
	cmp_ok($right, '>', $nights / 2, "the reader of $table has read $right times");
	is($wrong, 0, "the reader of $table saw a whole table each time");
}
is(script($node, q{SELECT relname, oid FROM pg_class WHERE relname ~ '^(train_encoded|validation_encoded|census_encoder)' ORDER BY relname}), $oids, 'tables and indexes are what they were');
is(one_value($node, 'SELECT max(relations) - min(relations) FROM sizes'), 0, 'no relation more');
is(one_value($node, 'SELECT max(files) - min(files) FROM sizes'), 0, 'no file more');
cmp_ok(one_value($node, 'SELECT max(bytes) - min(bytes) FROM sizes'), '<', 200_000, 'no bloat');
cmp_ok(one_value($node, "SELECT max(memory) - min(memory) FROM sizes"), '<', 300_000, 'no memory');
note script($node, 'SELECT * FROM sizes');
is(one_value($node, q{SELECT count(*) FROM pg_class WHERE relname LIKE 'pg\_temp\_%'}), 0, 'no heap is left');
$node->stop;
done_testing();
