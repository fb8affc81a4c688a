# A hot standby: what reads works there as on the primary, what writes is refused by 25006.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $primary = start_server('primary', init => { allows_streaming => 1 }, conf => "autovacuum = off\n");
load_testlib($primary);
script($primary, <<'SQL');
CREATE TABLE t AS SELECT i, 'v' || i % 997 AS x, i % 7 / 3.0::float8 AS y FROM generate_series(1, 50000) i;
SELECT count(*) FROM gpu_encode.preprocess('t', 'o', 'y', '{x}', label_columns => '{x}', encoder => 'e', smooth => 0.001);
SQL
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
script($primary, q{SELECT count(*) FROM gpu_encode.transform('e', 't', 'o_later', label_suffix => '_c')});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

for my $sql (
	q{SELECT testlib.digest('SELECT * FROM gpu_encode.label_encode(''t'', ''x'') ORDER BY ordinal')},
	q{SELECT testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y'', split_method => ''random'') ORDER BY ordinal')},
	q{SELECT testlib.digest('SELECT * FROM gpu_encode.target_encode(''t'', ''x'', ''y'', order_by => ''{i}'') ORDER BY ordinal')},
	q{SELECT sum(gpu_encode.label('e', 'x', x)), sum(gpu_encode.target_encoding('e', 'x', x)) FROM t WHERE i <= 500},
	q{SELECT gpu_encode.inverse_label('e', 'x', 5)},
	q{SELECT testlib.digest('SELECT * FROM o ORDER BY ctid')},
	q{SELECT testlib.digest('SELECT * FROM o_later ORDER BY ctid')},
	q{SELECT count(*) FROM gpu_encode.devices WHERE backend = 'cpu'})
{
	is(one_value($standby, $sql), one_value($primary, $sql), "the same on the standby: $sql");
}
for my $sql (
	q{gpu_encode.fit('e2', 't')}, q{gpu_encode.transform('e', 't', 'o2')}, q{gpu_encode.fit_transform('e2', 't', 'o2')},
	q{gpu_encode.preprocess('t', 'o2')}, q{gpu_encode.fit('pg_temp.e2', 't')})
{
	my (undef, undef, $error) = $standby->psql('postgres', "\\set VERBOSITY sqlstate\nSELECT $sql");
	like($error, qr/25006/, "refused on the standby: $sql");
}
$standby->promote;
wait_for_answer($standby, 'the standby is promoted', 'SELECT NOT pg_is_in_recovery()');
is(one_value($standby, q{SELECT rows FROM gpu_encode.fit_transform('e2', 't', 'o2', 'y', '{x}')}), '50000', 'all works after promotion');
$standby->stop;
$primary->stop;
done_testing();
