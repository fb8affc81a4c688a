-- A nondeterministic collation is refused; any other does not matter: order is bytewise.
DO $$BEGIN CREATE COLLATION ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); EXCEPTION WHEN feature_not_supported THEN NULL; END$$;
SELECT to_regcollation('ignore_case') IS NULL AS without_icu \gset
\if :without_icu
\echo this server has no ICU
\quit
\endif
CREATE COLLATION german (provider = icu, locale = 'de');
CREATE DOMAIN caseless AS text COLLATE ignore_case;
CREATE TABLE collated (plain text COLLATE german, "any case" text COLLATE ignore_case, of_domain caseless, texts text[] COLLATE ignore_case);
SELECT probe_column('collated', 'plain');
SELECT probe_column('collated', 'any case');
SELECT probe_column('collated', 'of_domain');
SELECT probe_column('collated', 'texts');
CREATE VIEW by_bytes AS SELECT "any case" COLLATE "C" AS "any case" FROM collated;
SELECT probe_column('by_bytes', 'any case');
SELECT string_agg(w, ' ' ORDER BY bytes_key) FROM unnest('{b,ä,a,Z,z,B}'::text[]) w, probe_key(w COLLATE german);
