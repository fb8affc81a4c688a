# What servers give to a fit that groups rows there: figures that no rows have are refused, and no session ends.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('hostile_shards');
if (!has_extension($node, 'postgres_fdw'))
{
	$node->stop;
	plan skip_all => 'this server has no postgres_fdw';
}

# a server whose functions give what the table "answer" has
$node->safe_psql('postgres', 'CREATE DATABASE hostile');
$node->safe_psql('hostile', <<'SQL');
CREATE TABLE rows AS SELECT 'c' || i AS x, i % 2 AS y FROM generate_series(1, 3) i;
CREATE TABLE answer (category text, count text, moments text);
INSERT INTO answer VALUES (NULL, NULL, NULL);
CREATE SCHEMA gpu_encode;
CREATE FUNCTION gpu_encode.category_text(text) RETURNS text LANGUAGE sql AS 'SELECT coalesce(category, $1) FROM public.answer';
CREATE FUNCTION keep(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION keep(text, bigint) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION count_of(text) RETURNS text LANGUAGE sql AS 'SELECT count FROM public.answer';
CREATE FUNCTION moments_of(text) RETURNS text LANGUAGE sql AS 'SELECT moments FROM public.answer';
CREATE AGGREGATE gpu_encode.moments(bigint) (SFUNC = keep, STYPE = text, FINALFUNC = moments_of);
ALTER FUNCTION pg_catalog.count() RENAME TO real_count;
CREATE AGGREGATE pg_catalog.count(*) (SFUNC = keep, STYPE = text, FINALFUNC = count_of);
SQL
my ($host, $port) = ($node->host, $node->port);
script($node, <<"SQL");
CREATE EXTENSION postgres_fdw;
CREATE SERVER hostile FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'hostile', extensions 'gpu_encode');
CREATE USER MAPPING FOR CURRENT_USER SERVER hostile;
CREATE FOREIGN TABLE rows (x text, y integer) SERVER hostile;
SQL

# fit_of(CATEGORY, COUNT, MOMENTS): what a fit says if the server gives these texts; undef is NULL
sub fit_of
{
	my $values = join(', ', map { defined $_ ? "'$_'" : 'NULL' } @_);
	$node->safe_psql('hostile', "UPDATE answer SET (category, count, moments) = ROW($values)");
	my (undef, $out, $said) = $node->psql('postgres', q{SET client_min_messages = warning; SELECT rows FROM gpu_encode.fit('e', 'rows', 'y', '{x}', '{x}'); DROP TABLE e});
	return "$out$said";
}

is(fit_of(undef, 2, "rows=2 targets=2 sum=1 squares=1 least=0 greatest=1"), "6\n6", 'what rows can have is learned: codes and encodings');
for my $case (
	[ [ undef, 2, undef ], qr/gave a group of rows without moments/ ],
	[ [ undef, undef, 'rows=2 targets=2 sum=0 squares=0 least=0 greatest=0' ], qr/gave a group of rows without a number of rows/ ],
	[ [ undef, -2, 'rows=2 targets=2 sum=0 squares=0 least=0 greatest=0' ], qr/gave a group of rows with -2 rows/ ],
	[ [ undef, 0, 'rows=0 targets=0' ], qr/gave a group of rows with 0 rows/ ],
	[ [ undef, '9223372036854775807', 'rows=9223372036854775807 targets=0' ], qr/gave a group of rows that makes more rows than a table can have/ ],
	[ [ undef, '9223372036854775808', 'rows=2 targets=0' ], qr/out of range/ ],
	[ [ undef, 2, 'rows=3 targets=3 sum=1 squares=1 least=0 greatest=1' ], qr/statistics of column "x" are damaged/ ],
	[ [ undef, 2, 'rows=9223372036854775807 targets=9223372036854775807 sum=1 squares=1 least=0 greatest=1' ], qr/statistics of column "x" are damaged/ ],
	[ [ undef, 2, 'rows=1 targets=3 sum=1' ], qr/moments/ ],
	[ [ undef, 2, 'no moments' ], qr/moments/ ])
{
	my ($answer, $error) = @$case;
	like(fit_of(@$answer), $error, join(', ', map { $_ // 'NULL' } @$answer));
}

# more of them than there can be: what is asked for has few rows, so no more than that is taken
$node->safe_psql('hostile', <<'SQL');
CREATE VIEW endless AS SELECT 'c' AS x, 'v' || i AS y, 1.5::float8 AS z FROM (SELECT generate_series(1, 9e18::bigint) AS i) v;
CREATE TABLE many AS SELECT 'c' AS x, 'v' || i AS y FROM generate_series(1, 100000) i;
CREATE FUNCTION gpu_encode.moments(float8) RETURNS text LANGUAGE sql AS $$SELECT 'rows=1 targets=1 sum=1 squares=1 least=1 greatest=1'$$;
UPDATE answer SET (category, count, moments) = ROW(NULL, NULL, NULL);
SQL
script($node, <<'SQL');
CREATE FOREIGN TABLE endless (x text, y text, z float8) SERVER hostile;
CREATE FOREIGN TABLE many (x text, y text) SERVER hostile;
SQL

# fit_with(SETTINGS, ARGUMENTS): what a fit says; it ends in time whatever the server does
sub fit_with
{
	my ($settings, $arguments) = @_;
	my (undef, undef, $said) = $node->psql('postgres', "SET statement_timeout = '60s'; $settings; SELECT gpu_encode.fit('e', $arguments)");
	return $said;
}

my $little = q{SET work_mem = '64kB'; SET temp_file_limit = '1MB'};    # 100,000 groups take more
like(fit_with('', q{'endless', 'z', '{x}', '{}', stats => '{woe}'}), qr/gave a group of endless beside that of all rows/, 'totals without an end are refused');
for my $case ([ 'multiclass', 100 ], [ 'binary', 2 ])
{
	my ($type, $most) = @$case;
	like(fit_with($little, "'many', 'y', '{x}', '{}', target_type => '$type'"), qr/Target "y" has more than $most values/, "$type: values are taken until they are too many");
}
like(fit_with($little, q{'many', label_columns => '{y}'}), qr/temporary file size exceeds temp_file_limit/, 'groups of categories end at temp_file_limit');
like(fit_with(q{SET statement_timeout = '2s'}, q{'endless', label_columns => '{y}'}), qr/canceling statement due to statement timeout/, 'a cancel ends a wait for groups');
wait_for_answer($node, 'the queries of the server end with it', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = 'hostile' AND state = 'active'});

$node->stop;
done_testing();
