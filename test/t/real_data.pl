# The real data sets of ../shared/data against the oracle, bit for bit: the census job on train and
# validation, amazon_employee, wine_reviews and beijing_house. Skipped where the files are not there.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes;
use GeTest;

my $data = $ENV{GE_REAL_DATA} // "$FindBin::Bin/../../../shared/data";
plan skip_all => "no real data in $data" if !-r "$data/census/train.csv.gz";
$data = abs_path($data);

my $node = start_server('real_data', conf => "shared_buffers = 256MB\nwork_mem = 64MB\nmax_wal_size = 4GB\n");
load_testlib($node);
my $began = Time::HiRes::time();

# A table of the columns that a file's header names, all text where no other type is given.
sub load_csv
{
	my ($table, $file, %types) = @_;
	open my $csv, '-|', 'gzip', '-dc', "$data/$file" or die "cannot read $file";
	my $header = <$csv>;
	close $csv;
	$header =~ s/\r?\n//;
	my $columns = join ', ', map { '"' . $_ . '" ' . ($types{$_} // 'text') } split /,/, $header;
	script($node, "CREATE UNLOGGED TABLE $table ($columns);\nCOPY $table FROM PROGRAM 'gzip -dc $data/$file' (FORMAT csv, HEADER match);\nANALYZE $table");
	return;
}

sub seconds_of
{
	my ($what) = @_;
	note sprintf '%s: %.1f s', $what, Time::HiRes::time() - $began;
	$began = Time::HiRes::time();
	return;
}

# Each column of an output whose check does not say "N rows equal", and the number of columns checked.
sub checks
{
	my ($rows, $query) = @_;
	return one_value($node, "SELECT count(*) || ' columns, wrong: ' || coalesce(string_agg(c || ': ' || verdict, '; ') FILTER (WHERE verdict <> '$rows rows equal'), 'none') FROM ($query) q");
}

# ------------------------------------------------------------------------------------ census
load_csv('train', 'census/train.csv.gz');
load_csv('validation', 'census/validation.csv.gz');
is(one_value($node, q{SELECT (SELECT count(*) FROM train) || ' ' || (SELECT count(*) FROM validation)}), '199523 99762', 'census: all rows are loaded');
seconds_of('census loaded');
is(script($node, <<'SQL'), "train|199523|37|0|0|0\nvalidation|99762|37|0|0|0", 'census: the job runs');
SELECT part, rows, columns, unknown_labels, missing_labels, unseen_targets FROM gpu_encode.preprocess('train', 'train_out', 'income',
    ARRAY['class of worker', 'education', 'major industry code'], 'validation', 'validation_out',
    n_folds => 5, smooth => 0.001, null_value => 'None', pos_label => '50000+.', encoder => 'census');
SQL
seconds_of('census job');
# codes are dense ranks over both files: each output's column has as many pairs (value, code) as there are values, and the right ones
script($node, <<'SQL');
CREATE TABLE codes (c text, key text COLLATE "C", code integer);
DO $$ DECLARE c text; BEGIN
    FOR c IN SELECT attname FROM pg_attribute WHERE attrelid = 'train'::regclass AND attnum > 0 AND attname <> 'income' LOOP
        INSERT INTO codes SELECT c, k.key, k.code FROM testlib.codes('train', c, 'None', '{validation}') k;
    END LOOP;
END $$;
CREATE FUNCTION wrong_codes(pairs regclass, c text) RETURNS bigint LANGUAGE plpgsql AS $f$
DECLARE n bigint; BEGIN
    EXECUTE format('SELECT count(*) FILTER (WHERE (p.o).%1$I IS DISTINCT FROM k.code) FROM %2$s p LEFT JOIN codes k ON k.c = %1$L AND k.key = coalesce((p.s).%1$I, ''None'')',
                   c, pairs) INTO n;
    RETURN n;
END $f$;
CREATE FUNCTION pair(source regclass, output regclass, pairs text) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
    EXECUTE format('CREATE UNLOGGED TABLE %s AS SELECT s, o FROM (SELECT row_number() OVER (ORDER BY ctid) AS n, t AS s FROM %s t) s
                    JOIN (SELECT row_number() OVER (ORDER BY ctid) AS n, t AS o FROM %s t) o USING (n)', pairs, source, output);
END $f$;
SELECT pair('train', 'train_out', 'train_pairs'), pair('validation', 'validation_out', 'validation_pairs');
SQL
is(one_value($node, "SELECT (SELECT count(*) FROM train_pairs) || ' and ' || (SELECT count(*) FROM validation_pairs) || ' rows, ' || count(DISTINCT c) || ' columns, ' || sum(wrong_codes('train_pairs', c)) || ' and ' || sum(wrong_codes('validation_pairs', c)) || ' wrong' FROM (SELECT DISTINCT c FROM codes) q"),
	'199523 and 99762 rows, 33 columns, 0 and 0 wrong', 'census: label codes of all columns in both outputs');
seconds_of('census label codes checked');
my @encoded = ('class of worker', 'education', 'major industry code');
for my $column (@encoded)
{
	is(one_value($node, "SELECT testlib.output_check('train_out', '${column}_TE', \$\$SELECT ordinal, encoding AS expected FROM testlib.target_rows('train', ARRAY['$column'], 'income', 5, 0.001, null_value => 'None', pos_label => '50000+.')\$\$)"),
		'199523 rows equal', "census: $column out of fold");
	is(one_value($node, "SELECT testlib.encoder_check('census', 'train', ARRAY['$column'], true, 'income', '{validation}', 0.001, 'None', '50000+.') ~ '^[0-9]+ rows equal\$'"), 't', "census: the encoder's rows of $column");
	is(one_value($node, "SELECT testlib.output_check('validation_out', '${column}_TE', \$\$SELECT row_number() OVER (ORDER BY v.ctid) - 1 AS ordinal, e.encoding AS expected
		FROM validation v JOIN testlib.encoder_column('train', ARRAY['$column'], false, 'income', NULL, 0.001, 'None', '50000+.') e ON e.value = coalesce(v.\"$column\", 'None')\$\$)"),
		'99762 rows equal', "census: $column with full statistics");
	seconds_of("census $column checked");
}
is(one_value($node, q{SELECT testlib.output_check('train_out', 'income', 'SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, income AS expected FROM train')}), '199523 rows equal', 'census: the target is passed through');

# ----------------------------------------------------------------------------------- amazon
load_csv('amazon', 'amazon_employee.csv.gz', map { $_ => 'integer' }
	  qw(ACTION RESOURCE MGR_ID ROLE_ROLLUP_1 ROLE_ROLLUP_2 ROLE_DEPTNAME ROLE_TITLE ROLE_FAMILY_DESC ROLE_FAMILY ROLE_CODE));
is(one_value($node, <<'SQL'), 'output|32769|15', 'amazon: the job runs');
SELECT part, rows, columns FROM gpu_encode.fit_transform('amazon_encoder', 'amazon', 'amazon_out', 'ACTION', '{RESOURCE,MGR_ID,ROLE_CODE}', '{RESOURCE,MGR_ID,ROLE_TITLE}',
    target_combinations => '[["ROLE_DEPTNAME","ROLE_TITLE"],["RESOURCE","MGR_ID","ROLE_CODE"]]', n_folds => 10, split_method => 'random', seed => 7, smooth => 20.3, prior => 'out_of_fold');
SQL
is(checks(32769, q{SELECT c, testlib.output_check('amazon_out', c, format('SELECT ordinal, code AS expected FROM testlib.label_rows(''amazon'', %L)', c)) AS verdict FROM unnest('{RESOURCE,MGR_ID,ROLE_TITLE}'::text[]) c}),
	'3 columns, wrong: none', 'amazon: label codes of integers');
is(checks(32769, q{SELECT c, testlib.output_check('amazon_out', array_to_string(c::text[], '_') || '_TE', format('SELECT ordinal, encoding AS expected FROM testlib.target_rows(''amazon'', %L, ''ACTION'', 10, 20.3, ''random'', seed => 7, prior => ''out_of_fold'')', c)) AS verdict
	FROM unnest('{"{RESOURCE}","{MGR_ID}","{ROLE_CODE}","{ROLE_DEPTNAME,ROLE_TITLE}","{RESOURCE,MGR_ID,ROLE_CODE}"}'::text[]) c}),
	'5 columns, wrong: none', 'amazon: encodings out of fold');
is(one_value($node, q{SELECT string_agg(testlib.encoder_check('amazon_encoder', 'amazon', c::text[], c = '{RESOURCE}', 'ACTION', smooth => 20.3), ', ') FROM unnest('{"{RESOURCE}","{ROLE_DEPTNAME,ROLE_TITLE}"}'::text[]) c}) =~ s/\d+ rows equal/same/gr,
	'same, same', 'amazon: the encoder');
seconds_of('amazon');

# ------------------------------------------------------------------------------------- wine
load_csv('wine', 'wine_reviews.csv.gz', points => 'integer', price => 'numeric', year => 'integer');
is(one_value($node, q{SELECT count(*) || ' ' || count(*) FILTER (WHERE region IS NULL) FROM wine}), '110203 17861', 'wine: rows and missing regions');
script($node, q{CREATE TABLE wine_plain AS SELECT * FROM gpu_encode.target_encode('wine', 'region', 'points', smooth => 1, prior => 'global');
CREATE TABLE wine_none AS SELECT * FROM gpu_encode.target_encode('wine', 'region', 'points', smooth => 1, prior => 'global', null_value => 'None')});
is(one_value($node, q{SELECT count(*) || ' ' || count(DISTINCT encoding) || ' ' || bool_and(encoding = (SELECT avg(points)::float8 FROM wine)) FROM wine_plain e JOIN wine w ON w.ctid = e.row_id WHERE region IS NULL}),
	'17861 1 true', 'wine: without null_value a missing region gets the prior');
is(one_value($node, q{SELECT count(*) || ' ' || count(DISTINCT encoding) || ' ' || (max(abs(encoding - (SELECT avg(points) FROM wine WHERE region IS NULL))) < 0.05) FROM wine_none e JOIN wine w ON w.ctid = e.row_id WHERE region IS NULL}),
	'17861 5 true', 'wine: with null_value the mean of that category in the other folds');
is(one_value($node, q{SELECT testlib.target_check('wine', '{region}', 'points', smooth => 1) || ', ' || testlib.target_check('wine', '{region}', 'points', smooth => 1, null_value => 'None')}),
	'110203 rows equal, 110203 rows equal', 'wine: region as the oracle, both ways');
is(one_value($node, q{SELECT testlib.target_check('wine', '{country,variety}', 'price', 7, 20.3, 'contiguous', null_value => '') || ', ' || testlib.label_check('wine', 'winery')}),
	'110203 rows equal, 110203 rows equal', 'wine: country and variety against prices that are missing here and there; winery codes');
seconds_of('wine');

# ---------------------------------------------------------------------------------- beijing
load_csv('beijing', 'beijing_house.csv.gz', totalPrice => 'numeric', unitPrice => 'integer');
is(one_value($node, q{SELECT count(*) || ' ' || count(DISTINCT community) || ' ' || count(*) FILTER (WHERE "followInfo" ~ '\r') FROM beijing}), '16108 3287 0', 'beijing: rows, communities, no carriage returns left');
is(one_value($node, q{SELECT string_agg(testlib.label_check('beijing', c), ', ') FROM unnest('{title,community,years,housetype,followInfo}'::text[]) c}),
	join(', ', ('16108 rows equal') x 5), 'beijing: label codes of Chinese text');
is(one_value($node, q{SELECT testlib.target_check('beijing', '{community}', 'totalPrice', 5, 20.3) || ', ' || testlib.target_check('beijing', '{housetype,floor}', 'totalPrice', 5, 0, 'random', prior => 'out_of_fold') || ', ' || testlib.target_check('beijing', '{community}', 'unitPrice', 100, 0.001)}),
	join(', ', ('16108 rows equal') x 3), 'beijing: encodings');
is(one_value($node, q{SELECT testlib.target_bound('beijing', '{community}', 'totalPrice', 5, 20.3)}), '0', 'beijing: within the error bound in exact arithmetic');
seconds_of('beijing');
$node->stop;
done_testing();
