-- count: seconds of the first count(*) of table output, which has to look up and mark every row's transaction.
\o /dev/null
SELECT extract(epoch FROM clock_timestamp()) AS started \gset
SELECT count(*) FROM output;
SELECT round(extract(epoch FROM clock_timestamp()) - :started, 4) AS seconds \gset
\o
SELECT 'count', :seconds;
