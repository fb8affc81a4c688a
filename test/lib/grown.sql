-- Rows in three parts, and the options of encoders that must grow as one fit of all rows: for merge_encoders and partial_fit.
CREATE TABLE t AS SELECT i, 'c' || (i * 7919 % 23 + CASE WHEN i > 400 THEN 7 ELSE 0 END) AS a, nullif('d' || (i * 31 % 5), 'd3') AS b, (i * 13 % 9)::int AS n,
    ((i * 37 % 11) / 4.0)::float8 AS y, i % 3 = 0 AS z, ((i * 5) % 4)::float8 / 2 AS w, 'k' || (i % 4) AS k, (i * i % 17)::bigint * 3000000000 - 9000000000 AS big,
    sin(i) * exp(i % 40 - 20) AS s, CASE WHEN i % 5 > 0 THEN CASE WHEN i % 3 = 1 THEN 'yes' ELSE 'no' END END AS yn, (i % 2)::float8 AS f01,
    CASE WHEN i < 200 THEN i % 2 ELSE i % 7 END AS late, ('x' || i * i % 331)::varchar(9) AS many
    FROM generate_series(1, 600) i;
CREATE VIEW t1 AS SELECT * FROM t WHERE i <= 200;
CREATE VIEW t2 AS SELECT * FROM t WHERE i BETWEEN 201 AND 340;
CREATE VIEW t3 AS SELECT * FROM t WHERE i > 340;
CREATE VIEW t12 AS SELECT * FROM t WHERE i <= 340;
CREATE VIEW nothing AS SELECT * FROM t WHERE false;
CREATE TABLE cases (id int GENERATED ALWAYS AS IDENTITY, options text);
INSERT INTO cases (options) VALUES
    ($$target => 'y', target_columns => '{a,n}', label_columns => '{a,b}', smooth => NULL$$),
    ($$label_columns => '{a,b,k,many}'$$),
    ($$target => 'y', target_columns => '{a,n,b}', label_columns => '{a,b}', smooth => NULL, target_combinations => '[["a","b"],{"name":["b","n","k"]}]'$$),
    ($$target => 'y', target_columns => '{a,n,b}', label_columns => '{a,b}', weight_column => 'w', stats => '{mean,count,frequency,sum,var,std}', target_combinations => '[["a","b"]]'$$),
    ($$targets => '{y,z,big,s,late}', target_columns => '{a,b}', label_columns => '{b}', smooth => 3, stats => '{mean,sum}'$$),
    ($$targets => '{y,z,big,s,late}', target_columns => '{a,b}', weight_column => 'w', label_columns => '{b}', smooth => NULL, stats => '{mean,var}'$$),
    ($$target => 'yn', pos_label => 'yes', target_columns => '{a,b}', stats => '{mean,woe,count}', column_options => '{"a": {"smooth": 7, "regularization": 2.5, "name": "A", "unseen": "null", "handle_unknown": "value", "unknown_value": -1}, "b": {"stats": ["var","woe"]}}'$$),
    ($$target => 'k', target_type => 'multiclass', target_columns => '{a,b}', label_columns => '{a}', stats => '{mean,count,woe}'$$),
    ($$target => 'late', target_columns => '{a,b}', label_columns => '{a}', smooth => 1$$),
    ($$target => 'f01', target_columns => '{a,b}', label_columns => '{a}', smooth => NULL, stats => '{mean,woe}'$$),
    ($$target => 'f01', target_columns => '{a,b}', label_columns => '{a}', smooth => 2$$),
    ($$target => 'y', target_columns => '{many,b}', label_columns => '{many}', smooth => NULL, min_frequency => 3, target_combinations => '[["a","b"],["many","k"]]'$$),
    ($$target => 'y', target_columns => '{many,b}', label_columns => '{a}', min_frequency => 0.005, max_categories => 40, target_combinations => '[["a","b"],["many","k"]]'$$),
    ($$target => 'y', target_columns => '{many,b}', label_columns => '{a,many,b}', max_categories => 30, handle_missing => 'category', label_order => 'frequency'$$),
    ($$target => 'y', target_columns => '{a,b}', label_columns => '{a,b}', null_value => 'd1', handle_missing => 'null', target_combinations => '[["a","b"]]'$$),
    ($$target_columns => '{a,b,n}', stats => '{count,frequency}', target_combinations => '[["a","n"]]', handle_missing => 'category'$$),
    ($$target => 's', target_columns => '{a,b,n}', stats => '{count}', label_columns => '{}', target_combinations => '[["a","n"]]'$$),
    ($$target => 'z', target_type => 'binary', pos_label => 'false', smooth => NULL, target_columns => '{a,b,n}', label_columns => '{}'$$);

-- the same with columns whose values are listed; codes follow from the list, so that no encoder need keep them
CREATE TABLE listed_cases (id int GENERATED ALWAYS AS IDENTITY, options text);
INSERT INTO listed_cases (options) VALUES
    ($$target => 'y', target_columns => '{a,b,n}', label_columns => '{b,k}', smooth => NULL, column_options => '{"a": {"categories": ["c1","c2","c29","zz"]}, "b": {"categories": ["d4","d0"], "handle_unknown": "null"}, "k": {"categories": ["k3","k0","k1","k2"]}, "n": {"categories": [1,"2",3]}}'$$),
    ($$target => 'y', target_columns => '{a,b}', label_columns => '{b}', handle_missing => 'category', column_options => '{"a": {"categories": ["zz"]}, "b": {"categories": ["d4","d0"], "handle_unknown": "value", "unknown_value": -1, "unseen": "null"}}'$$),
    ($$target => 'y', target_columns => '{a,b}', label_columns => '{b}', stats => '{mean,var,count,frequency}', target_combinations => '[["a","b"],{"name":["b","n","k"]}]', column_options => '{"n": {"categories": [7,0,1]}, "b": {"categories": ["d4","d0"], "handle_unknown": "null"}}'$$),
    ($$targets => '{y,z,big,s,late}', target_columns => '{a,b}', label_columns => '{}', weight_column => 'w', smooth => NULL, handle_missing => 'category', target_combinations => '[["a","b"]]', column_options => '{"a": {"categories": ["c5","c6","c7","c8"]}, "b": {"categories": ["d1"]}}'$$),
    ($$target => 'k', target_type => 'multiclass', target_columns => '{a,n}', label_columns => '{}', stats => '{mean,count,woe}', column_options => '{"a": {"categories": ["c3","c4"]}}'$$),
    ($$target => 'yn', pos_label => 'yes', target_columns => '{a,b}', label_columns => '{}', stats => '{woe,mean}', column_options => '{"*": {"categories": ["c3","d1"]}}'$$),
    ($$label_columns => '{b}', null_value => 'none', column_options => '{"b": {"categories": ["d4","none"], "handle_unknown": "null"}}'$$),
    ($$target => 's', target_columns => '{a,many}', label_columns => '{}', min_frequency => 3, max_categories => 6, column_options => '{"a": {"categories": ["c1","c2","c3","c4","c5","c6","c7","c29"]}, "many": {"categories": ["x1","x4","x9","x16","x25","x36","x49","x64"]}}'$$);

-- fit, as an encoder of that name that may be there
CREATE FUNCTION learn(encoder text, source text, options text) RETURNS void LANGUAGE plpgsql SET client_min_messages = warning AS
$$
BEGIN
    EXECUTE format('SELECT gpu_encode.fit(%L, %L, %s, replace => true)', encoder, source, options);
END
$$;
