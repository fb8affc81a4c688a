# Encoders and output tables are ordinary tables: dump and restore, restarts and crashes leave them working.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('encoders_last');
load_testlib($node);
script($node, <<'SQL');
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE train AS
SELECT i, 'v' || i % 97 AS x, (i % 13)::numeric / 4 AS price, (enum_range(NULL::mood))[1 + i % 3] AS m, CASE WHEN i % 5 > 0 THEN 'w"' || i % 7 END AS "odd, name", i % 4 / 3.0::float8 AS y
FROM generate_series(1, 3000) i;
CREATE TABLE new_rows AS SELECT i, 'v' || i % 101 AS x, (i % 17)::numeric / 4 AS price, 'ok'::mood AS m, 'w"1' AS "odd, name" FROM generate_series(1, 500) i;
SELECT count(*) FROM gpu_encode.fit_transform('e', 'train', 'o', 'y', '{x,m}', '{x,price,m,"odd, name"}', target_combinations => '[["x","odd, name"]]', smooth => 0.001);
SELECT count(*) FROM gpu_encode.fit_transform('e_unlogged', 'train', 'o_unlogged', 'y', '{x}', '{x}', logged => false);
INSERT INTO e SELECT * FROM e WHERE false;
SQL

# Everything that an encoder gives, in one line.
my $answers = <<'SQL';
SELECT count(*) FROM gpu_encode.transform('e', 'new_rows', 'applied', handle_unknown => 'value', unknown_value => -1);
SELECT md5(concat(
    (SELECT testlib.digest('SELECT * FROM applied ORDER BY i')),
    (SELECT string_agg(gpu_encode.label('e', 'x', x)::text, ' ' ORDER BY x) FROM (SELECT DISTINCT x FROM train) d),
    (SELECT string_agg(gpu_encode.label('e', 'm', m)::text, ' ' ORDER BY m) FROM (SELECT DISTINCT m FROM train) d),
    (SELECT string_agg(gpu_encode.target_encoding('e', 'x', x)::text, ' ' ORDER BY x) FROM new_rows),
    gpu_encode.target_encoding('e', '{x,"odd, name"}'::text[], '{v1,"w\"1"}'::text[]),
    gpu_encode.inverse_label('e', 'price', 3), gpu_encode.label('e', 'price', 0.750),
    (SELECT testlib.digest('SELECT * FROM o ORDER BY ctid'))));
DROP TABLE applied;
SQL
sub answers { return (split /\n/, script($node, $answers, $_[0]))[-1]; }

my $before = answers('postgres');
like($before, qr/^[0-9a-f]{32}$/, 'the encoder answers');

# pg_dump and restore, as SQL and in the custom format with parallel jobs
for my $format ('plain', 'custom')
{
	my $file = PostgreSQL::Test::Utils::tempdir() . "/$format.dump";
	command_ok([ 'pg_dump', '--format', $format, '--exclude-schema', 'testlib', '--file', $file, '--dbname', $node->connstr('postgres') ], "pg_dump as $format");
	$node->safe_psql('postgres', "CREATE DATABASE $format");
	my @restore = $format eq 'plain'
	  ? ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($format), '-f', $file)
	  : ('pg_restore', '--exit-on-error', '--jobs', '2', '--dbname', $node->connstr($format), $file);
	command_ok(\@restore, "restored from $format");
	load_testlib($node, $format);
	is(answers($format), $before, "the same answers after restore from $format");
	is(one_value($node, q{SELECT count(*) FROM pg_index WHERE indrelid = 'e'::regclass}, $format),
		one_value($node, q{SELECT count(*) FROM pg_index WHERE indrelid = 'e'::regclass}), 'with the indexes');
}

# a table of another database has another OID for every type: nothing may depend on them
$node->safe_psql('postgres', 'CREATE DATABASE shifted');
script($node, 'CREATE TYPE other AS ENUM (\'x\'); CREATE TYPE mood AS ENUM (\'sad\', \'ok\', \'happy\'); CREATE EXTENSION gpu_encode', 'shifted');
my $copy = $node->safe_psql('postgres', 'COPY e TO STDOUT');
my $columns = one_value($node, q{SELECT testlib.columns('e')});
script($node, "CREATE TABLE e ($columns)", 'shifted');
my $in = "COPY e FROM STDIN;\n$copy\n\\.\nSELECT gpu_encode.label('e', 'm', 'happy'::mood), gpu_encode.label('e', 'price', 0.75), gpu_encode.label('e', 'x', 'v5'::text);\n";
is($node->safe_psql('shifted', $in), $node->safe_psql('postgres', q{SELECT gpu_encode.label('e', 'm', 'happy'::mood), gpu_encode.label('e', 'price', 0.75), gpu_encode.label('e', 'x', 'v5'::text)}),
	'an encoder copied by COPY into another database, without its indexes, answers the same');

$node->restart;
is(answers('postgres'), $before, 'the same answers after a restart');
is(one_value($node, 'SELECT count(*) FROM o_unlogged'), '3000', 'unlogged outputs outlive a clean restart');
script($node, q{SELECT count(*) FROM gpu_encode.preprocess('train', 'o_crash', 'y', '{x,m}', label_columns => '{x}', encoder => 'e_crash')});
$node->stop('immediate');
$node->start;
is(answers('postgres'), $before, 'the same answers after a crash');
is(one_value($node, q{SELECT count(*) = (SELECT count(*) FROM train) FROM o_crash}), 't', 'an output that was committed before the crash is there');
is(one_value($node, 'SELECT count(*) FROM o_unlogged'), '0', 'unlogged outputs are empty after a crash, as unlogged tables are');
my (undef, undef, $error) = $node->psql('postgres', q{SELECT gpu_encode.label('e_unlogged', 'x', 'v1'::text)});
like($error, qr/encoder/, 'and an unlogged encoder that the crash emptied is refused as damaged');

# VACUUM, ANALYZE, CLUSTER, REINDEX and data checksums find nothing to complain of
script($node, 'VACUUM (FULL, ANALYZE) e; REINDEX TABLE e; VACUUM (FREEZE) o; ANALYZE');
is(answers('postgres'), $before, 'the same answers after maintenance');
if (has_extension($node, 'amcheck'))
{
	is(one_value($node, q{CREATE EXTENSION amcheck; SELECT count(*) FROM verify_heapam('o')}), '0', 'amcheck finds the output table whole');
	is(one_value($node, q{SELECT count(*) FROM pg_index, LATERAL (SELECT bt_index_check(indexrelid, true)) c WHERE indrelid = 'e'::regclass AND false}), '0', 'amcheck runs');
	script($node, q{SELECT bt_index_check(indexrelid, true) FROM pg_index JOIN pg_class ON oid = indexrelid JOIN pg_am a ON a.oid = relam WHERE indrelid = 'e'::regclass AND amname = 'btree'});
}
$node->stop;
done_testing();
