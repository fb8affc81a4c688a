# Learning from rows of other servers: what is grouped there, what travels, and the bits of one server.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $node = start_server('shards_local');
if (!has_extension($node, 'postgres_fdw'))
{
	$node->stop;
	plan skip_all => 'this server has no postgres_fdw';
}
load_testlib($node);
my $columns = 'id bigint, c text, d integer, e varchar(9), f char(4), n numeric(9,2), day date, y float8, k integer, b boolean, t text, s text, w float8, z float8, m mood, j jsonb, ts timestamptz, iv interval, u uuid, bin bytea, r real';
my $rows = q{
SELECT i AS id, CASE WHEN i % 17 > 0 THEN 'c' || i * i % 101 END AS c, (i % 13 - 6)::integer AS d, ('e' || i % 7)::varchar(9) AS e, ('f' || i % 5)::char(4) AS f,
       (i % 2)::numeric(9, 2) AS n, date '2024-01-01' + (i % 30)::integer AS day, CASE WHEN i % 10 > 0 THEN sin(i) * 1000 END AS y, (i * 7919 % 100 - 20)::integer AS k,
       i % 3 = 0 AS b, CASE WHEN i % 9 > 0 THEN CASE WHEN i % 4 > 0 THEN 'no' ELSE 'yes' END END AS t, 's' || i % 3 AS s, (i % 4)::float8 / 4 AS w, CASE WHEN i % 4 = 0 THEN 0.5 ELSE i % 2 END::float8 AS z,
       (enum_range(NULL::mood))[1 + i % 3] AS m, jsonb_build_object('a', i % 3) AS j,
       timestamptz '2024-03-30 12:00 UTC' + (i % 50) * interval '1 hour' AS ts, (i % 40) * interval '1 hour' AS iv, md5((i % 20)::text)::uuid AS u,
       decode(md5((i % 25)::text), 'hex') AS bin, ((i % 11)::real / 3)::real AS r
FROM generate_series(1::bigint, 20000) i};
my $mood = q{CREATE TYPE mood AS ENUM ('sad', 'fair', 'glad')};
script($node, "CREATE EXTENSION postgres_fdw; $mood; CREATE TABLE whole AS $rows; CREATE TABLE parts ($columns) PARTITION BY RANGE (id)");

# two servers hold the partitions between them; a third partition is here
my $counts_rows = has_extension($node, 'pg_stat_statements');
my %others_conf = $counts_rows ? (conf => "shared_preload_libraries = 'pg_stat_statements'\n") : ();
my @others;
for my $part (0, 1)
{
	my $other = start_server("shards_other_$part", %others_conf);
	my ($from, $to) = (1 + 9000 * $part, 9001 + 9000 * $part);
	push @others, $other;
	script($other, ($counts_rows ? 'CREATE EXTENSION pg_stat_statements; ' : '') . "$mood; CREATE TABLE part AS SELECT * FROM ($rows) r WHERE id >= $from AND id < $to");
	my ($host, $port) = ($other->host, $other->port);
	script($node, <<"SQL");
CREATE SERVER other_$part FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'gpu_encode', async_capable 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER other_$part;
CREATE FOREIGN TABLE part_$part PARTITION OF parts FOR VALUES FROM ($from) TO ($to) SERVER other_$part OPTIONS (table_name 'part');
SQL
}
script($node, 'CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (18001) TO (30000)');
script($node, 'INSERT INTO part_2 SELECT * FROM whole WHERE id > 18000');

my $encoder_rows = q{SELECT kind, column_name, value, "values", code, n_rows, moments::text, encodings, encoding, parameters - '{fitted_at,source,source_oid}'::text[] FROM };

# fit(SOURCE, OPTIONS): notices of a fit that makes encoder SOURCE_encoder
sub fit
{
	my ($source, $options) = @_;
	my ($rc, $out, $notices) = $node->psql('postgres', "DROP TABLE IF EXISTS ${source}_encoder; SELECT count(*) FROM gpu_encode.fit('${source}_encoder', '$source', $options)");
	is($rc, 0, "fit of $source: $options") or diag($notices);
	return join('', grep { !/does not exist/ } $notices =~ /^.*$/mg);
}

# What a fit of the partitions makes is what one of the whole makes; returns the notices.
sub same_encoders
{
	my ($options) = @_;
	my $whole = fit('whole', $options);
	my $parts = fit('parts', $options);
	is(one_value($node, qq{SELECT testlib.same(\$q\$$encoder_rows whole_encoder\$q\$, \$q\$$encoder_rows parts_encoder\$q\$)}), 'ok', "$options: one encoder");
	return ($whole, $parts);
}

# how_read(OPTIONS): what the last fit of the partitions read, in the same session
sub how_read
{
	my ($options) = @_;
	return one_value($node, "DROP TABLE parts_encoder; SELECT count(*) FROM gpu_encode.fit('parts_encoder', 'parts', $options); SELECT detail FROM gpu_encode.last_run() WHERE stage = 'read' LIMIT 1");
}

script($node, q{CREATE TABLE first AS SELECT * FROM whole WHERE id % 1000 < 3; SELECT count(*) FROM gpu_encode.fit('first_encoder', 'first', label_columns => '{c,e}', handle_missing => 'category')});
for my $options (
	q{'y', '{c}', '{c}'},
	q{'y', '{c,d,e,f,n,day,b}', '{c,e,f,t}', null_value => 'None'},
	q{'y', '{c}', '{}', handle_missing => 'category', stats => '{mean,count,frequency,sum,var,std,min,max}'},
	q{'k', '{c,d}', '{c}', weight_column => 'w', stats => '{mean,var}'},
	q{'z', '{c}', '{}', weight_column => 'w'},
	q{'k', '{c}', '{c,e}', smooth => 20, min_frequency => 90, max_categories => 60},
	q{'b', '{c}', '{}', stats => '{mean,woe}'},
	q{'t', '{c,d}', '{}', pos_label => 'no', stats => '{mean,woe}'},
	q{'d', '{c}', '{}', target_type => 'multiclass'},
	q{'s', '{c}', '{}', target_type => 'multiclass', weight_column => 'w'},
	q{targets => '{y,k,b}', target_columns => '{c}', label_columns => '{}'},
	q{'y', '{c}', '{}', target_combinations => '[["c","d"],["c","e","b"]]', null_value => 'None'},
	q{label_columns => '{c,e}', label_order => 'frequency'},
	q{target_columns => '{c}', label_columns => '{}', stats => '{count}'},
	q{'n', '{c}', '{}'},
	q{'y', '{ts,iv,u,bin,r}', '{}'},
	q{'y', '{c}', '{c,e}', codes_from => 'first_encoder', handle_missing => 'category'},
	q{'y', '{d}', '{}', handle_missing => 'error'},
	q{'y', '{c}', '{}', target_combinations => '[["d","c"]]', guards => '{"min_rows": 20000, "max_missing": 0.06}'},
	q{'y', '{c}', '{c}', label_sources => '{whole}'})
{
	my ($whole, $parts) = same_encoders($options);
	is($parts, $whole, "$options: nothing more is said");
	like(how_read($options), qr/grouped where its rows lie/, "$options: grouped");
}

# targets of two values
my (undef, $said) = same_encoders(q{'t', '{c}', '{}'});
like($said, qr/"yes" counts 1, "no" counts 0/, 'the value that counts 1 is named');

# a type that the other server may not have
(undef, $said) = same_encoders(q{'y', '{c,m}', '{m}'});
like($said, qr/the rows of foreign table "part_0" are pulled.*because of the type of a column/s, 'an enum is pulled, and grouped here');

# Encoders of few rows grow by the rows of the partitions, and by those of the whole; then the rows go again.
script($node, 'CREATE TABLE old AS SELECT * FROM whole WHERE id % 10 < 3');
sub grow_alike
{
	my ($options, $remove) = @_;
	my (%notices, %how);
	for my $source ('whole', 'parts')
	{
		my $detail = "SELECT detail FROM gpu_encode.last_run() WHERE stage = 'read' LIMIT 1";
		my ($rc, $out, $said_of) = $node->psql('postgres', "SELECT count(*) FROM gpu_encode.partial_fit('${source}_encoder', '$source', remove => $remove); $detail");
		is($rc, 0, "partial_fit of $source, remove => $remove: $options") or diag($said_of);
		($notices{$source}, $how{$source}) = ($said_of, (split /\n/, $out)[-1]);
	}
	is(one_value($node, qq{SELECT testlib.same(\$q\$$encoder_rows whole_encoder\$q\$, \$q\$$encoder_rows parts_encoder\$q\$)}), 'ok', "$options: grown alike, remove => $remove");
	return ($notices{parts}, $how{parts});
}

sub learn_old
{
	my ($options) = @_;
	script($node, "SELECT count(*) FROM gpu_encode.fit('${_}_encoder', 'old', $options, replace => true)") for 'whole', 'parts';
}

for my $options (
	q{'y', '{c,d,e,f,n,day,b}', '{c,e,f,t}', null_value => 'None'},
	q{'y', '{c}', '{c}', handle_missing => 'category', stats => '{mean,count,frequency,sum,var,std}', target_combinations => '[["c","d"],["c","e","b"]]'},
	q{'k', '{c,d}', '{c}', weight_column => 'w', stats => '{mean,var}', min_frequency => 90, max_categories => 60},
	q{'z', '{c}', '{}', weight_column => 'w'},
	q{'b', '{c}', '{}', stats => '{mean,woe}'},
	q{'t', '{c,d}', '{}', pos_label => 'no', stats => '{mean,woe}'},
	q{'s', '{c}', '{}', target_type => 'multiclass', weight_column => 'w'},
	q{targets => '{y,k,b}', target_columns => '{c,ts,r}', label_columns => '{}'},
	q{label_columns => '{c,e}'},
	q{target_columns => '{c}', label_columns => '{}', stats => '{count}', target_combinations => '[["d","c"]]'})
{
	learn_old($options);
	my ($said_of, $how) = grow_alike($options, 'false');
	is($said_of, '', "$options: nothing is said");
	like($how, qr/grouped where its rows lie/, "$options: grouped");
	(undef, $how) = grow_alike($options, 'true');
	like($how, qr/grouped where its rows lie/, "$options: grouped, and taken out");
}
# one value of two in the new rows: the encoder says which counts 1
script($node, q{CREATE TABLE negatives AS SELECT * FROM whole WHERE t = 'no' AND id < 9000});
script($others[0], q{CREATE TABLE negatives AS SELECT * FROM part WHERE t = 'no' AND id < 9000});
script($node, "CREATE FOREIGN TABLE negatives_there ($columns) SERVER other_0 OPTIONS (table_name 'negatives')");
script($node, "SELECT count(*) FROM gpu_encode.fit('${_}_encoder', 'old', 't', '{c}', '{}', replace => true); SELECT count(*) FROM gpu_encode.partial_fit('${_}_encoder', '$_')")
	for 'negatives', 'negatives_there';
is(one_value($node, qq{SELECT testlib.same(\$q\$$encoder_rows negatives_encoder\$q\$, \$q\$$encoder_rows negatives_there_encoder\$q\$)}), 'ok', 'one value of two');
# guards count the new rows alone, not those of the encoder: without a value, and with one that its list lacks
for my $case (
	[ q{'y', '{c}', '{c}', target_combinations => '[["d","c"]]'}, 'max_missing', 'c IS NULL' ],
	[ q{'y', '{e}', '{e}', column_options => '{"e": {"categories": ["e0", "e1"], "handle_unknown": "null"}}'}, 'max_unknown', "e NOT IN ('e0', 'e1')" ])
{
	my ($options, $guard, $counted) = @$case;
	learn_old($options);
	my $share = one_value($node, "SELECT count(*) FILTER (WHERE $counted)::float8 / count(*) FROM whole");
	for my $source ('whole', 'parts')
	{
		is(one_value($node, qq{SELECT checks -> '$guard' ->> 'value' FROM gpu_encode.partial_fit('${source}_encoder', '$source', guards => '{"$guard": 1}') LIMIT 1}), $share, "$guard of partial_fit: the share of $source");
	}
}
# rows that must be read; least and greatest; a new class; rows that were never in
learn_old(q{'y', '{e}', '{e}', column_options => '{"e": {"categories": ["e0", "e1"], "handle_unknown": "null"}}'});
my ($grown) = grow_alike('a list', 'false');
like($grown, qr/the rows of parts are read one by one.*Column "e" has a list of categories/s, 'a list: rows are read, and a NOTICE says so');
learn_old(q{'y', '{c}', '{}', stats => '{min,max}'});
grow_alike('least and greatest', 'false');
for my $case (
	[ q{'y', '{c}', '{}', stats => '{min,max}'}, 'true', qr/of "c" are taken out that were never counted in/ ],
	[ q{'y', '{}', '{}', target_combinations => '[["d","c"]]'}, 'true', qr/of "d_c" are taken out that were never counted in.*than the encoder/s ],
	[ q{'y', '{d}', '{}'}, 'false, guards => \'{"min_rows": 20001}\'', qr/min_rows.*20000/s ])
{
	my ($options, $how, $error) = @$case;
	learn_old($options);
	my ($rc, undef, $said_of) = $node->psql('postgres', "SELECT gpu_encode.partial_fit('parts_encoder', 'parts', $how)");
	like($said_of, $error, "$options, $how: refused");
}
script($node, q{CREATE TABLE two AS SELECT * FROM old WHERE s <> 's2'; SELECT count(*) FROM gpu_encode.fit('two_encoder', 'two', 's', '{c}', '{}', target_type => 'multiclass')});
my (undef, undef, $new_class) = $node->psql('postgres', q{SELECT gpu_encode.partial_fit('two_encoder', 'parts')});
like($new_class, qr/target "s" has a class "s2" that the encoder lacks/, 'a class that the encoder lacks');

# the rows that crossed the wire: one for each category and server, NULL among them
SKIP:
{
	skip 'this server has no pg_stat_statements', 4 if !$counts_rows;
	script($_, 'SELECT pg_stat_statements_reset()') for @others;
	fit('parts', q{'y', '{c,d}', '{}'});
	for my $other (@others)
	{
		my $crossed = one_value($other, q{SELECT sum(rows) FROM pg_stat_statements WHERE query LIKE 'FETCH%'});
		my $categories = one_value($other, q{SELECT 1 + count(DISTINCT c) + count(DISTINCT d) FROM part});
		is($crossed, $categories, 'one row for each category crossed the wire');
	}
	learn_old(q{'y', '{c,d}', '{}'});
	script($_, 'SELECT pg_stat_statements_reset()') for @others;
	script($node, q{SELECT count(*) FROM gpu_encode.partial_fit('parts_encoder', 'parts')});
	is(one_value($_, q{SELECT sum(rows) FROM pg_stat_statements WHERE query LIKE 'FETCH%'}), one_value($_, q{SELECT 1 + count(DISTINCT c) + count(DISTINCT d) FROM part}), 'of partial_fit, too')
		for @others;
}

# what is read row by row, with a reason
for my $case (
	[ q{'y', '{c}', '{}', stats => '{median}'}, qr/Statistic "median" needs the target of every row/ ],
	[ q{'n', '{c}', '{}', pos_label => '1', target_type => 'binary'}, qr/Target "n" of type numeric has two values/ ],
	[ q{'y', '{j}', '{}'}, qr/Column "j" has type jsonb/ ],
	[ q{'y', '{e}', '{e}', column_options => '{"e": {"categories": ["e0", "e1"], "handle_unknown": "null"}}'}, qr/Column "e" has a list of categories/ ])
{
	my ($options, $reason) = @$case;
	my (undef, $parts) = same_encoders($options);
	like($parts, qr/the rows of parts are read one by one.*$reason/s, "$options: the reason is named");
}

# errors are those of rows
for my $case (
	[ q{'s', '{c}', '{}'}, qr/target "s" has 3 values, but two are expected/ ],
	[ q{'t', '{c}', '{}', pos_label => 'perhaps'}, qr/pos_label "perhaps" is no value of target "t"/ ],
	[ q{'y', '{c}', '{}', handle_missing => 'error'}, qr/column "c" of relation parts has nulls.*There are 1176\./s ],
	[ q{'y', '{}', '{}', target_combinations => '[["d","c"]]', handle_missing => 'error'}, qr/column "c" of relation parts has nulls.*There are 1176\./s ],
	[ q{'y', '{c}', '{}', guards => '{"min_rows": 20001}'}, qr/20000/ ],
	[ q{'y', '{}', '{}', target_combinations => '[["d","c"]]', guards => '{"max_missing": 0.05}'}, qr/max_missing.*0\.0588/s ],
	[ q{'y', '{c}', '{}', stats => '{woe}'}, qr/"woe" needs a target of zeros and ones/ ])
{
	my ($options, $error) = @$case;
	my ($rc, undef, $said_of) = $node->psql('postgres', "SELECT gpu_encode.fit('refused', 'parts', $options)");
	like($said_of, $error, "$options: refused");
}

# a server without the extension is pulled; all of them: rows as ever
script($node, 'ALTER SERVER other_0 OPTIONS (DROP extensions)');
script($others[0], 'DROP EXTENSION gpu_encode');
(undef, $said) = same_encoders(q{'y', '{c}', '{c}'});
like($said, qr/the rows of foreign table "part_0" are pulled.*Option "extensions" of server "other_0" does not name gpu_encode.*ALTER SERVER other_0 OPTIONS \(ADD extensions 'gpu_encode'\)/s, 'a server without the option is pulled, and the NOTICE says what to set');
unlike($said, qr/part_1/, 'the other one is not');
like(how_read(q{'y', '{c}', '{c}'}), qr/grouped/, 'and the other one is still grouped');
script($node, 'ALTER SERVER other_1 OPTIONS (DROP extensions)');
(undef, $said) = same_encoders(q{'y', '{c}', '{c}'});
like($said, qr/part_0.*part_1/s, 'both are pulled');
unlike(how_read(q{'y', '{c}', '{c}'}), qr/grouped/, 'then rows are read as ever');
script($others[0], 'CREATE EXTENSION gpu_encode');
script($node, "ALTER SERVER $_ OPTIONS (ADD extensions 'gpu_encode')") for 'other_0', 'other_1';

# rights: leaves are read by name
script($node, 'CREATE ROLE reader LOGIN; GRANT SELECT ON parts TO reader; GRANT CREATE ON SCHEMA public TO reader');
script($node, "CREATE USER MAPPING FOR reader SERVER $_ OPTIONS (user 'postgres', password_required 'false')") for 'other_0', 'other_1';
my ($rc, $out, $notices) = $node->psql('postgres', q{SET ROLE reader; SELECT rows FROM gpu_encode.fit('of_reader', 'parts', 'y', '{c}', '{}')});
like($notices, qr/read one by one.*The right SELECT on partition "part_0" is missing/s, 'without rights on leaves rows are read through the parent');

# a table that is foreign itself
script($node, 'CREATE TABLE of_part AS SELECT * FROM whole WHERE id <= 9000');
fit('of_part', q{'y', '{c}', '{c}'});
fit('part_0', q{'y', '{c}', '{c}'});
is(one_value($node, qq{SELECT testlib.same(\$q\$$encoder_rows of_part_encoder\$q\$, \$q\$$encoder_rows part_0_encoder\$q\$)}), 'ok', 'a foreign table');

$_->stop for @others, $node;
done_testing();
