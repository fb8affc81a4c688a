/*
 * interval.c: intervals as keys.
 *
 * PostgreSQL compares intervals by their span, with 30 days to the month and 24 hours to
 * the day.  The key is the span in microseconds as a signed 128-bit number, big-endian
 * with the sign bit flipped, so that bytes sort as spans do.
 *
 * The interval printed for a span is the one that justify_interval() makes of every
 * interval of that span: whole months, then whole days, then the rest, all of one sign.
 * If justify_interval() would overflow, each field in this order takes as much as it can
 * hold; every span of an interval fits so.  The infinite intervals of PostgreSQL 17 have
 * the two extreme spans and are printed as infinite again.
 */
#include "postgres.h"
#include "datatype/timestamp.h"
#include "utils/timestamp.h"

#include "category/internal.h"

#define SIGN_BIT (UINT64CONST(1) << 63)
#define INTERVAL_KEY_LENGTH (2 * sizeof(uint64))

static int128
span_of_interval(const Interval *interval)
{
	int128 days = (int128) interval->month * DAYS_PER_MONTH + interval->day;

	return days * USECS_PER_DAY + interval->time;
}

void
ge_interval_key_append(StringInfo key, Datum value)
{
	int128 span = span_of_interval(DatumGetIntervalP(value));
	uint64 words[2];

	words[0] = pg_hton64((uint64) (span >> 64) ^ SIGN_BIT);
	words[1] = pg_hton64((uint64) span);
	ge_append_bytes(key, words, INTERVAL_KEY_LENGTH);
}

/* Takes as many whole units from *span, towards zero, as an int32 holds. */
static int32
take_units(int128 *span, int128 unit)
{
	int128 units = *span / unit;

	if (units > PG_INT32_MAX)
		units = PG_INT32_MAX;
	else if (units < PG_INT32_MIN)
		units = PG_INT32_MIN;
	*span -= units * unit;
	return (int32) units;
}

Datum
ge_interval_of_key(const uint8 *bytes, Size length)
{
	Interval *interval = palloc(sizeof(Interval));
	uint64 words[2];
	int128 span;

	if (length != INTERVAL_KEY_LENGTH)
		elog(ERROR, "the key of an interval has %zu bytes", length);
	memcpy(words, bytes, INTERVAL_KEY_LENGTH);
	span = (int128) (((uint128) (pg_ntoh64(words[0]) ^ SIGN_BIT) << 64) |
					 pg_ntoh64(words[1]));

	interval->month = take_units(&span, (int128) DAYS_PER_MONTH * USECS_PER_DAY);
	interval->day = take_units(&span, USECS_PER_DAY);
	interval->time = (TimeOffset) span;
	return IntervalPGetDatum(interval);
}
