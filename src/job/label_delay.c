/*
 * label_delay.c: order values less the time, or the number, after which targets are known.
 *
 * Dates and timestamps are microseconds in UTC, in numbers so wide that nothing overflows;
 * months are taken off first, then days, then the time, as PostgreSQL does.  Whole numbers
 * are as wide.  Fractions are rounded once, to the nearest.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "base/compat.h"
#include "base/shown.h"
#include "job/internal.h"

/* Beyond every finite instant and number, and what lies before the first date. */
#define AT_INFINITY ((int128) 1 << 120)
#define BEFORE_DATES (-((int128) 1 << 100))

/* Values of the order column, and the delay of that kind. */
typedef enum DelayKind
{
	DELAY_WHOLE,
	DELAY_REAL,
	DELAY_NUMERIC,
	DELAY_DATE,
	DELAY_TIMESTAMP
} DelayKind;

struct GeLabelDelay
{
	DelayKind kind;
	int128 whole; /* at most a little more than bigints differ */
	double real;
	Numeric numeric;
	Interval interval;
	GeCategoryType *category; /* DELAY_NUMERIC */
};

static DelayKind
kind_of_type(const char *column, Oid type)
{
	switch (getBaseType(type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return DELAY_WHOLE;
		case FLOAT4OID:
		case FLOAT8OID:
			return DELAY_REAL;
		case NUMERICOID:
			return DELAY_NUMERIC;
		case DATEOID:
			return DELAY_DATE;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return DELAY_TIMESTAMP;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("label_delay does not apply to order column \"%s\" of type "
							"%s",
							ge_shown(column), format_type_be(type)),
					 errhint("Order by a number, a date or a timestamp.")));
	}
}

static void
refuse_text(const char *given, const char *what, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("label_delay \"%s\" %s", ge_shown(given), what),
					errhint("%s", hint)));
}

/* ------------------------------------------------------------------------- reading */

static bool
read_value(const char *given, Oid input, Datum *value)
{
	FmgrInfo function;
	int nest = ge_text_form_begin();
	bool good;

	fmgr_info(input, &function);
	good = ge_input_try(&function, pstrdup(given), InvalidOid, value);
	ge_text_form_end(nest);
	return good;
}

static void
read_interval(GeLabelDelay *delay, const char *given)
{
	const char *hint = "Say how much later the target is known, such as '30 days'.";
	const Interval *interval = &delay->interval;
	Datum value;

	/* a number alone would be seconds, which hardly anybody means */
	if (read_value(given, F_FLOAT8IN, &value))
		refuse_text(given, "has no unit", hint);
	if (!read_value(given, F_INTERVAL_IN, &value))
		refuse_text(given, "is no interval", hint);
	delay->interval = *DatumGetIntervalP(value);
	if (interval->month < 0 || interval->day < 0 || interval->time < 0)
		refuse_text(given, "has a negative field", hint);
	if (interval->month == PG_INT32_MAX && interval->day == PG_INT32_MAX &&
		interval->time == PG_INT64_MAX)
		refuse_text(given, "is not finite", hint);
}

/* e < v - d is the same of whole e and v as e < v - floor(d). */
static int128
read_whole(Numeric number)
{
	char *whole = DatumGetCString(DirectFunctionCall1(
		numeric_out, DirectFunctionCall1(numeric_floor, NumericGetDatum(number))));

	/* 2^64 has 20 digits, and more than that no bigints differ */
	return strlen(whole) > 20 ? (int128) 1 << 100 : (int128) strtou64(whole, NULL, 10);
}

static void
read_number(GeLabelDelay *delay, const char *given)
{
	const char *hint = "The order column has numbers: say by how much, such as '7'.";
	Datum value, sign;

	if (!read_value(given, F_NUMERIC_IN, &value))
		refuse_text(given, "is no number", hint);
	delay->numeric = DatumGetNumeric(value);
	if (numeric_is_nan(delay->numeric) || numeric_is_inf(delay->numeric))
		refuse_text(given, "is not finite", hint);
	sign = DirectFunctionCall1(numeric_sign, value);
	if (DatumGetInt32(DirectFunctionCall1(numeric_int4, sign)) < 0)
		refuse_text(given, "is negative", hint);
	if (delay->kind == DELAY_REAL)
	{
		if (!read_value(given, F_FLOAT8IN, &value))
			refuse_text(given, "is out of range for double precision", hint);
		delay->real = DatumGetFloat8(value);
	}
	delay->whole = read_whole(delay->numeric);
}

GeLabelDelay *
ge_label_delay_create(const char *given, const char *column, Oid type)
{
	GeLabelDelay *delay = palloc0_object(GeLabelDelay);

	delay->kind = kind_of_type(column, type);
	if (delay->kind == DELAY_DATE || delay->kind == DELAY_TIMESTAMP)
		read_interval(delay, given);
	else
		read_number(delay, given);
	if (delay->kind == DELAY_NUMERIC)
		delay->category = ge_category_type_create(column, NUMERICOID, InvalidOid, NULL);
	return delay;
}

/* ----------------------------------------------------------------- wide whole numbers */

/* Whole numbers as they are; dates and timestamps as microseconds since 2000. */
static int128
wide_of_key(const GeLabelDelay *delay, int64 key)
{
	if (delay->kind == DELAY_WHOLE)
		return key;
	if (delay->kind == DELAY_TIMESTAMP)
		return TIMESTAMP_IS_NOBEGIN(key) ? -AT_INFINITY
			   : TIMESTAMP_IS_NOEND(key) ? AT_INFINITY
										 : (int128) key;
	return DATE_IS_NOBEGIN(key) ? -AT_INFINITY
		   : DATE_IS_NOEND(key) ? AT_INFINITY
								: (int128) key * USECS_PER_DAY;
}

/* A day, counted from 2000, some months earlier; false: before all dates. */
static bool
take_months(int64 *day, int32 n)
{
	int year, month, day_of_month;
	int64 count;

	j2date((int) (*day + POSTGRES_EPOCH_JDATE), &year, &month, &day_of_month);
	count = (int64) year * MONTHS_PER_YEAR + month - 1 - n;
	if (count < (int64) JULIAN_MINYEAR * MONTHS_PER_YEAR)
		return false;
	year = (int) (count / MONTHS_PER_YEAR - (count % MONTHS_PER_YEAR < 0));
	month = (int) (count - (int64) year * MONTHS_PER_YEAR) + 1;
	day_of_month = Min(day_of_month, day_tab[isleap(year)][month - 1]);
	*day = (int64) date2j(year, month, day_of_month) - POSTGRES_EPOCH_JDATE;
	return true;
}

/* An instant less the delay. */
static int128
earlier(const GeLabelDelay *delay, int128 instant)
{
	int64 day = (int64) (instant / USECS_PER_DAY),
		  time = (int64) (instant % USECS_PER_DAY);

	if (instant == AT_INFINITY || instant == -AT_INFINITY)
		return instant;
	if (time < 0)
	{
		day--;
		time += USECS_PER_DAY;
	}
	if (delay->interval.month > 0 && !take_months(&day, delay->interval.month))
		return BEFORE_DATES;
	return ((int128) day - delay->interval.day) * USECS_PER_DAY + time -
		   delay->interval.time;
}

static int128
delayed_wide(const GeLabelDelay *delay, int64 key)
{
	int128 wide = wide_of_key(delay, key);

	return delay->kind == DELAY_WHOLE ? wide - delay->whole : earlier(delay, wide);
}

static bool
is_wide_below(const GeLabelDelay *delay, const GeKeyList *keys, uint32 i,
			  const void *bound)
{
	return wide_of_key(delay, keys->values[i]) < *(const int128 *) bound;
}

/* ------------------------------------------------------------------------- fractions */

/* A finite number stays above -infinity; infinities and NaN stay as they are. */
static double
delayed_real(const GeLabelDelay *delay, int64 key)
{
	double real = ge_float8_of_key(key);

	return isfinite(real) ? Max(real - delay->real, -DBL_MAX) : real;
}

/* NaN is above all numbers. */
static bool
is_real_below(const GeLabelDelay *delay, const GeKeyList *keys, uint32 i,
			  const void *bound)
{
	double real = ge_float8_of_key(keys->values[i]), most = *(const double *) bound;

	return isnan(real) ? false : isnan(most) || real < most;
}

static Numeric
numeric_of_key(const GeKeyList *keys, uint32 i)
{
	return DatumGetNumeric(ge_numeric_of_key(keys->bytes + keys->offsets[i],
											 keys->offsets[i + 1] - keys->offsets[i]));
}

/* The key of a numeric less the delay, into `key`; false: it is beyond all numerics. */
static bool
delay_numeric(const GeLabelDelay *delay, const GeKeyList *keys, uint32 i, StringInfo key)
{
	Numeric value = numeric_of_key(keys, i);
	bool overflows = false; /* of NaN and infinities nothing is said */
	Numeric delayed = numeric_sub_opt_error(value, delay->numeric, &overflows);

	pfree(value);
	if (overflows)
		return false;
	resetStringInfo(key);
	(void) ge_category_bytes_key(delay->category, NumericGetDatum(delayed), false, key);
	pfree(delayed);
	return true;
}

static bool
is_numeric_below(const GeLabelDelay *delay, const GeKeyList *keys, uint32 i,
				 const void *bound)
{
	const StringInfoData *most = bound;
	Size length = keys->offsets[i + 1] - keys->offsets[i];
	int order =
		memcmp(keys->bytes + keys->offsets[i], most->data, Min(length, (Size) most->len));

	return order != 0 ? order < 0 : length < (Size) most->len;
}

/* -------------------------------------------------------------------------- applying */

/* How many of the keys are below a bound. */
static uint32
count_below(const GeLabelDelay *delay, const GeKeyList *keys, const void *bound,
			bool (*is_key_below)(const GeLabelDelay *, const GeKeyList *, uint32,
								 const void *))
{
	uint32 low = 0, high = keys->n;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (is_key_below(delay, keys, middle, bound))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of a value i that is numeric; `key` is room for a key. */
static uint32
count_below_numeric(const GeLabelDelay *delay, const GeKeyList *keys, uint32 i,
					StringInfo key)
{
	Numeric first;
	bool is_infinite;

	if (delay_numeric(delay, keys, i, key))
		return count_below(delay, keys, key, is_numeric_below);
	first = numeric_of_key(keys, 0); /* -infinity alone is below, if it is there */
	is_infinite = numeric_is_inf(first);
	pfree(first);
	return is_infinite;
}

void
ge_label_delay_apply(const GeLabelDelay *delay, const GeKeyList *keys, uint32 *n_below)
{
	StringInfoData key;

	initStringInfo(&key);
	for (uint32 i = 0; i < keys->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (delay->kind == DELAY_REAL)
		{
			double real = delayed_real(delay, keys->values[i]);

			n_below[i] = count_below(delay, keys, &real, is_real_below);
		}
		else if (delay->kind == DELAY_NUMERIC)
			n_below[i] = count_below_numeric(delay, keys, i, &key);
		else
		{
			int128 wide = delayed_wide(delay, keys->values[i]);

			n_below[i] = count_below(delay, keys, &wide, is_wide_below);
		}
		n_below[i] = Min(n_below[i], i); /* the row itself is never below */
	}
	pfree(key.data);
}
