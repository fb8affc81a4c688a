-- timed: runs :file and leaves its seconds, by the server's clock, in :seconds. Its commit counts.
\o /dev/null
SELECT extract(epoch FROM clock_timestamp()) AS started \gset
\i :file
SELECT round(extract(epoch FROM clock_timestamp()) - :started, 4) AS seconds \gset
\o
