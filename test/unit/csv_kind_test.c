/*
 * csv_kind_test.c: what kind single values have, and what type a column gets of them.
 */
#include <stdlib.h>
#include <string.h>

#include "csv/kind.h"
#include "support.h"
#include "tap.h"

static void
check_kind(uint32_t expected, const char *name, const char *const *values)
{
	for (int i = 0; values[i] != NULL; i++)
	{
		/* a copy of exactly that length, so that a byte too many read is seen */
		char *copy = strndup(values[i], strlen(values[i]));
		uint32_t kind = ge_kind_of(copy, strlen(copy));

		tap_ok(kind == expected, "\"%.60s\" is %s", values[i], name);
		free(copy);
	}
}

#define CHECK(kind, ...) check_kind(kind, #kind, (const char *const[]){__VA_ARGS__, NULL})

static void
check_type(GeCsvType expected, const char *const *values)
{
	uint32_t kinds = 0;

	for (int i = 0; values[i] != NULL; i++)
		kinds |= ge_kind_of(values[i], strlen(values[i]));
	tap_ok(ge_kind_type(kinds) == expected, "a column that begins with \"%s\"",
		   values[0] == NULL ? "" : values[0]);
}

#define CHECK_TYPE(type, ...) check_type(type, (const char *const[]){__VA_ARGS__, NULL})

static void
check_kinds(void)
{
	char many_digits[602];

	memset(many_digits, '9', sizeof many_digits);
	many_digits[1] = '.';
	many_digits[601] = '\0';
	CHECK(GE_KIND_WHOLE, "0", "-0", "+0", "7", "-7", "+7", " 12 ", "999999999999999",
		  "9007199254740992", "-9007199254740992");
	CHECK(GE_KIND_BIG_WHOLE, "9007199254740993", "-9007199254740993", "+9999999999999999",
		  "10000000000000000", "9223372036854775807", "-9223372036854775808",
		  "1000000000000000000");
	CHECK(GE_KIND_NUMBER, "1.5", "-.5", "5.", "+0.5", "1e5", "1E-5", "1.5e+300", "1e308",
		  "5e-324", "0.5", "-0.0", "0e5", "0.123456789012345678901234567890",
		  "9007199254740992.5", "1.5e-00005", "1.5E-00005", "-1.5e-0005", "1234e-00005",
		  "123e-00005", "12345678901234567e0", "1e-0000000001");
	CHECK(GE_KIND_BOOLEAN, "true", "false", "TRUE", "False", "tRuE", " true");
	CHECK(GE_KIND_DATE, "2026-11-23", "2024-02-29", "2000-02-29", "0001-01-01",
		  "9999-12-31");
	CHECK(GE_KIND_TIMESTAMP, "2026-11-23 10:00", "2026-11-23T10:00:59",
		  "2026-11-23 23:59:59.123456", "2026-11-23 23:59:59.123456000",
		  "2026-11-23 23:59:59.12345600000000000000000000000000000000000000000000");
	CHECK(GE_KIND_TIMESTAMPTZ, "2026-11-23T10:00:00Z", "2026-11-23 10:00+01",
		  "2026-11-23 10:00:00.5-0130", "2026-11-23 10:00:00 +05:30",
		  "2026-11-23 10:00:00.1234560Z");
	CHECK(GE_KIND_TEXT, "", " ",
		  "2026-11-23 23:59:59.123456000000000000000000000000000000000000000000000",
		  "2026-11-23 10:00:00.123456789", "2026-11-23T10:00:00.123456711",
		  "2026-11-23 10:00:00.1234567", "2026-11-23 10:00:00.1234561Z",
		  "2026-11-23 10:00:00.1234560001+01", "00.5", "-00.5", "01.5", "007.0", "00e5",
		  "01e5", "00.", "9007199254740993.5", "9007199254740993.0",
		  "12345678901234567.5", "123456789012345678901234567890.5", "1.5e-00005x",
		  "1.5e-0000-5", "12.4-67890", "007", "00", "-01", "9223372036854775808",
		  "-9223372036854775809", "99999999999999999999", "-", "+", ".", "-.", "1.5.2",
		  "1e", "1e+", "1e400", "1e-400", "0x10", "1_000", "1,5", "1 2", "NaN", "inf",
		  "-inf", "t", "yes", "truex", "2026-13-01", "2026-02-29", "1900-02-29",
		  "0000-01-01", "2026-1-1", "2026-11-23T", "2026-11-23 24:00", "2026-11-23 10",
		  "2026-11-23 10:60", "2026-11-23 10:00:60", "2026-11-23 10:00:00.",
		  "2026-11-23 10:00+16", "2026-11-23 10:00+1",
		  "2026-11-23 10:00+01:", "2026-11-23 10:00 UTC", "2026-11-23 10:00:00+01:00:00",
		  "23.11.2026", "a", "\xc3\xa9", many_digits);
}

static void
check_types(void)
{
	check_type(GE_CSV_TEXT, (const char *const[]){NULL});
	CHECK_TYPE(GE_CSV_BIGINT, "1", "-2", "0");
	CHECK_TYPE(GE_CSV_DOUBLE, "1", "2.5");
	CHECK_TYPE(GE_CSV_DOUBLE, "2.5");
	CHECK_TYPE(GE_CSV_BIGINT, "9007199254740993", "1");
	CHECK_TYPE(GE_CSV_BIGINT, "9007199254740993");
	CHECK_TYPE(GE_CSV_DOUBLE, "9007199254740992", "0.5");
	CHECK_TYPE(GE_CSV_TEXT, "9007199254740993", "9007199254740992", "0.5");
	CHECK_TYPE(GE_CSV_TEXT, "0.5", "-9223372036854775808");
	CHECK_TYPE(GE_CSV_TEXT, "9007199254740993", "1e3");
	CHECK_TYPE(GE_CSV_TEXT, "2026-11-23 10:00:00.5", "2026-11-23 10:00:00.123456789");
	CHECK_TYPE(GE_CSV_TEXT, "1", "007");
	CHECK_TYPE(GE_CSV_TEXT, "1.5", "007");
	CHECK_TYPE(GE_CSV_TEXT, "1.5", "99999999999999999999");
	CHECK_TYPE(GE_CSV_BOOLEAN, "true", "FALSE");
	CHECK_TYPE(GE_CSV_TEXT, "true", "1");
	CHECK_TYPE(GE_CSV_DATE, "2026-11-23");
	CHECK_TYPE(GE_CSV_TIMESTAMP, "2026-11-23", "2026-11-23 10:00");
	CHECK_TYPE(GE_CSV_TIMESTAMPTZ, "2026-11-23 10:00Z", "2026-11-23 10:00+01");
	CHECK_TYPE(GE_CSV_TEXT, "2026-11-23 10:00Z", "2026-11-23 10:00");
	CHECK_TYPE(GE_CSV_TEXT, "2026-11-23", "2026-11-23 10:00Z");
	CHECK_TYPE(GE_CSV_TEXT, "2026-11-23", "1");
	CHECK_TYPE(GE_CSV_TEXT, "1", "x");
}

/* Any bytes of any length are of exactly one kind. */
static void
check_random(void)
{
	static const char alphabet[] = "0123456789+-.eE:TZ truefals\xc3";
	uint64_t state = 1;
	bool holds = true;

	for (int i = 0; i < 200000; i++)
	{
		size_t length = random_next(&state) % 24;
		char *value = malloc(length > 0 ? length : 1);
		uint32_t kind;

		for (size_t k = 0; k < length; k++)
			value[k] = alphabet[random_next(&state) % (sizeof alphabet - 1)];
		kind = ge_kind_of(value, length);
		holds &= kind != 0 && (kind & (kind - 1)) == 0;
		free(value);
	}
	tap_ok(holds, "200,000 random texts");
}

int
main(void)
{
	check_kinds();
	check_types();
	check_random();
	return tap_done();
}
