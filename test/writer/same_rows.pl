# A table of finished pages is the table that row by row insertion makes: the same rows in the same order for every type,
# NULLs, long values, fillfactor and 1,600 columns, in good pages.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;
use GeWriter;

my $node = writer_server('same_rows');

# same($name, $call, %options): runs $call, in which OUTPUT stands for the new table, in both ways, and compares. Unless
# long values are moved out of rows or texts are written in pieces, which places rows a bit differently, both have the same bytes at
# the same places.
sub same
{
	my ($name, $call, %options) = @_;
	my %output = (auto => "${name}_pages", off => "${name}_rows");
	my %way;
	for my $setting ('auto', 'off')
	{
		my $sql = $call =~ s/OUTPUT/$output{$setting}/gr;
		$way{$setting} = one_value($node, "SET gpu_encode.page_writer = $setting; $sql; SELECT written_by('$output{$setting}')");
	}
	# an empty table and one under 1,000 bytes leave nothing to tell the ways by
	is("$way{auto} $way{off}", $options{ways} // 'pages rows', "$name: both ways are taken");
	is(one_value($node, "SELECT differences('$output{auto}', '$output{off}')"), 0, "$name: the same rows in the same order");
	is(one_value($node, "SELECT differing_tuples('$output{auto}', '$output{off}')"), 0, "$name: the same bytes")
	  if !$options{toasts} && !$options{has_pieces};
	is(one_value($node, "SELECT bad_pages('$output{auto}') || bad_pages('$output{off}')"), '', "$name: good pages");
	is(one_value($node, columns($output{auto})), one_value($node, columns($output{off})), "$name: the same columns");
	return;
}

sub columns
{
	my ($table) = @_;
	return "SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attcollation, attstorage, attcompression), ',' ORDER BY attnum)
		FROM pg_attribute WHERE attrelid = '$table'::regclass AND attnum > 0";
}

# rows: none, one, around the end of a page, more
script($node, "SELECT make_narrow('narrow', 20000)");
script($node, "SELECT count(*) FROM encode_table('narrow', 'narrow_all')");
my $rows_in_a_page = one_value($node, q{SELECT count(*) FROM narrow_all WHERE ctid < '(1,0)'});
for my $rows (0, 1, $rows_in_a_page - 1, $rows_in_a_page, $rows_in_a_page + 1, 32 * $rows_in_a_page, 32 * $rows_in_a_page + 1)
{
	script($node, "CREATE TABLE narrow_$rows AS TABLE narrow LIMIT $rows");
	same("rows_$rows", "SELECT count(*) FROM encode_table('narrow_$rows', 'OUTPUT')", $rows ? () : (ways => 'pages pages'));
}

# the functions that write tables, both outputs of one call, unlogged ones
same('narrow', q{SELECT count(*) FROM encode_table('narrow', 'OUTPUT')});
same('unlogged', q{SELECT count(*) FROM encode_table('narrow', 'OUTPUT', false)});
same('fit_transform', q{SELECT rows FROM gpu_encode.fit_transform('e_OUTPUT', 'narrow', 'OUTPUT', 'y', '{few}')});
# texts that pass by their ids: beyond 8,192 rows a table has room at the ends of pieces
my $with_texts = q{SET client_min_messages = error; SELECT rows FROM gpu_encode.transform('e_fit_transform_rows', 'SOURCE', 'OUTPUT', label_suffix => '_code')};
script($node, 'CREATE TABLE narrow_8192 AS TABLE narrow LIMIT 8192');
same('transform', $with_texts =~ s/SOURCE/narrow_8192/r);
same('transform_pieces', $with_texts =~ s/SOURCE/narrow/r, has_pieces => 1);
same('validation', q{SELECT count(*) FROM gpu_encode.preprocess('narrow', 'train_OUTPUT', 'y', '{few,many}', 'narrow_1', 'OUTPUT')});

# every kind of type: by value and by reference, each alignment and storage, domains, arrays, composites, ranges
script($node, <<'SQL');
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN short_text AS varchar(20) COLLATE "C" CHECK (value <> '');
CREATE TABLE types AS
SELECT g::int8 AS big, g::int2 AS small, (g % 2 = 0) AS flag, chr(65 + g % 26)::"char" AS one_char, g::float4 AS f4,
       g::float8 / 3 AS f8, g::text AS txt, ('v' || g)::varchar(10) AS vc, g::char(7) AS padded, ('n' || g)::name AS nm,
       (g / 7.0)::numeric(20, 6) AS num, date '2020-01-01' + g AS d, timestamptz '2020-01-01 00:00+00' + g * interval '1 h' AS tz,
       interval '1 day' * g AS iv, time '00:00' + g * interval '1 s' AS tm, timetz '00:00+00' + g * interval '1 s' AS ttz,
       md5(g::text)::uuid AS u, macaddr '08:00:2b:01:02:03' AS mac, inet '10.0.0.1' + g AS ip, '8.00'::money AS cash,
       (CASE g % 2 WHEN 0 THEN 'red' ELSE 'green' END)::colour AS e, decode(lpad(to_hex(g), 8, '0'), 'hex') AS b,
       g::bit(12) AS bits, B'101'::varbit(9) AS vbits, ARRAY[g, NULL, g + 1] AS ints, ARRAY['a', NULL, g::text] AS texts,
       jsonb_build_object('k', g) AS jb, json_build_array(g) AS j, int4range(g, g + 2) AS rng, point(g, g + 1) AS pt,
       polygon '((0,0),(1,1),(2,0))' AS pol, to_tsvector('simple', 'a b ' || g) AS tsv, 'a & b'::tsquery AS tsq,
       ROW(g, 'x' || g)::pair AS pr, ('s' || g)::short_text AS dom, g::oid AS o, '(1,2)'::tid AS t, '1 2 3'::oidvector AS ov,
       g::text COLLATE "C" AS coll, pg_current_xact_id() AS xid8, '0/1'::pg_lsn AS lsn,
       (g % 3)::int AS y
FROM generate_series(1, 3000) g;
SQL
same('types', q{SELECT rows FROM gpu_encode.preprocess('types', 'OUTPUT', 'y', '{txt,num,d,e,flag}', label_columns => '{txt,vc,dom}')});
same('types_added', q{SELECT rows FROM gpu_encode.preprocess('types', 'OUTPUT', 'y', '{txt}', label_columns => '{txt,e,nm,padded}', label_suffix => '_code')});

# NULLs: none, some, all in a row, in codes and encodings too; a bitmap of one byte and of several
script($node, <<'SQL');
CREATE TABLE nulls AS
SELECT CASE WHEN g % 2 = 0 THEN g END a, CASE WHEN g % 3 = 0 THEN g::text END b, CASE WHEN g % 5 = 0 THEN g::int8 END c,
       CASE WHEN g % 7 > 0 THEN g::int2 END d, NULL::text e, CASE WHEN g % 11 = 0 THEN g / 2.0 END f, g g,
       CASE WHEN g % 4 = 0 THEN g::float8 END h, CASE WHEN g % 9 > 0 THEN 'x' END i, CASE WHEN g % 2 = 1 THEN g END j, g % 2 AS y
FROM generate_series(1, 5000) g UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL;
SQL
same('nulls', q{SELECT rows FROM gpu_encode.preprocess('nulls', 'OUTPUT', 'y', '{b,i}', handle_missing => 'null')});
same('nulls_short', q{SELECT rows FROM gpu_encode.preprocess('nulls', 'OUTPUT', 'a', '{b}', exclude_columns => '{e,i}', handle_missing => 'value')});

# long values: compressed, out of line, in columns that allow neither; every size around the thresholds
script($node, <<'SQL');
SELECT make_wide('wide', 4000);
CREATE TABLE long (id int, k text, plain text, compressed text, outside text, jb jsonb, ints int[], y int);
ALTER TABLE long ALTER plain SET STORAGE PLAIN, ALTER compressed SET STORAGE MAIN, ALTER outside SET STORAGE EXTERNAL;
INSERT INTO long
SELECT g, 'k' || g % 9, CASE WHEN g % 2 = 0 THEN repeat('plain', g) END, repeat('compressed', g * 10),
       (SELECT string_agg(md5((i * g)::text), '') FROM generate_series(1, g * 3) i),
       jsonb_build_object('k', repeat('j', g * 40)), array_fill(g, ARRAY[g * 20]), g % 2
FROM generate_series(1, 300) g;
CREATE TABLE sizes AS SELECT g AS id, 'k' || g % 9 AS k, (SELECT string_agg(chr(33 + (i * g) % 90), '') FROM generate_series(1, g) i) AS v, g % 2 AS y
FROM generate_series(1, 2300) g;
CREATE TABLE lz AS SELECT * FROM long;
SQL
same('wide', q{SELECT count(*) FROM encode_table('wide', 'OUTPUT')}, toasts => 1);
same('long', q{SELECT rows FROM gpu_encode.preprocess('long', 'OUTPUT', 'y', '{k}', label_columns => '{k}')}, toasts => 1);
same('sizes', q{SELECT rows FROM gpu_encode.preprocess('sizes', 'OUTPUT', 'y', '{k}', label_columns => '{k}')}, toasts => 1);
same('coded_long', q{SELECT rows FROM gpu_encode.preprocess('long', 'OUTPUT', 'y', '{outside}', label_columns => '{compressed}')}, toasts => 1);
SKIP:
{
	skip 'this server has no lz4', 5
	  if one_value($node, q{SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'}) ne 't';
	script($node, 'ALTER TABLE lz ALTER compressed SET COMPRESSION lz4, ALTER jb SET COMPRESSION lz4; TRUNCATE lz; INSERT INTO lz SELECT id, k, plain, compressed || id, outside, jb || \'{"a": 1}\', ints, y FROM long');
	same('lz', q{SELECT rows FROM gpu_encode.preprocess('lz', 'OUTPUT', 'y', '{k}', label_columns => '{k}')}, toasts => 1);
}
# the new tables have values of their own
script($node, 'DROP TABLE wide, long, sizes, lz');
is(one_value($node, qq{SELECT bad_pages('${_}_pages') || differences('${_}_pages', '${_}_rows')}), '0', "$_: whole without its source")
  for 'wide', 'long', 'sizes', 'coded_long';

# a fillfactor that an event trigger sets
script($node, <<'SQL');
CREATE FUNCTION set_fillfactor() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    made text := (SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%.fill%' LIMIT 1);
BEGIN
    IF made IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s SET (fillfactor = %s)', made, (regexp_match(made, '\d+'))[1]);
    END IF;
END $$;
CREATE EVENT TRIGGER set_fillfactor ON ddl_command_end WHEN tag IN ('CREATE TABLE') EXECUTE FUNCTION set_fillfactor();
SELECT make_wide('wide', 4000);
SQL
for my $fillfactor (10, 45, 100)
{
	same("fill${fillfactor}_narrow", q{SELECT count(*) FROM encode_table('narrow', 'OUTPUT')});
	same("fill${fillfactor}_wide", q{SELECT count(*) FROM encode_table('wide', 'OUTPUT')}, toasts => 1);
}
is(one_value($node, q{SELECT pg_relation_size('fill10_narrow_pages') > 8 * pg_relation_size('fill100_narrow_pages')}), 't', 'a fillfactor is kept');
script($node, 'DROP EVENT TRIGGER set_fillfactor');

# as many columns as a table can have; a row that fills a page is refused in both ways when an encoding comes to it
script($node, <<'SQL');
DO $$ BEGIN
    EXECUTE (SELECT format('CREATE TABLE widest AS SELECT g %% 2 AS y, %s FROM generate_series(1, 200) g',
                           string_agg(CASE WHEN i % 3 = 0 THEN 'NULL::text' ELSE '''c'' || g % ' || i END || ' AS c' || i, ', '))
             FROM generate_series(1, 1599) i);
    EXECUTE (SELECT format('CREATE TABLE too_wide AS SELECT 1 AS y, ''a''::text AS k, %s', string_agg(format('''%s''::name AS n%s', i, i), ', '))
             FROM generate_series(1, 127) i);
END $$;
SQL
same('widest', q{SELECT rows FROM gpu_encode.preprocess('widest', 'OUTPUT', 'y')});
for my $way ('auto', 'off')
{
	my (undef, undef, $error) = $node->psql('postgres',
		"\\set VERBOSITY sqlstate\nSET gpu_encode.page_writer = $way; SELECT gpu_encode.preprocess('too_wide', 'never', 'y', '{k}', label_columns => '{k}')");
	like($error, qr/54000/, "page_writer = $way: a row that is too big for a page");
	is(one_value($node, q{SELECT to_regclass('never') IS NULL}), 't', 'leaves nothing');
}
$node->stop;
checksums_ok($node, 'checksums hold');
done_testing();
