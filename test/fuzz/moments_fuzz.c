/*
 * moments_fuzz.c: any bytes, as the text and as the binary form of moments.
 *
 * Neither raises an error.  What was read is printed, written and read again as equal.
 */
#include "postgres.h"
#include "lib/stringinfo.h"

#include "moments/moments.h"
#include "server.h"

/* Text and bytes of moments are read as equal moments: they give the bytes again. */
static void
expect_round_trip(const GeMoments *moments)
{
	StringInfoData bytes, again, printed;
	GeMoments read;

	initStringInfo(&bytes);
	ge_moments_append(&bytes, moments);
	fuzz_expect(ge_moments_read((const uint8 *) bytes.data, bytes.len, &read) == NULL);
	fuzz_expect(ge_moments_check(&read) == NULL);

	initStringInfo(&printed);
	ge_moments_print(&printed, &read);
	fuzz_expect(ge_moments_parse(printed.data, &read) == NULL);
	initStringInfo(&again);
	ge_moments_append(&again, &read);
	fuzz_expect(again.len == bytes.len && memcmp(again.data, bytes.data, bytes.len) == 0);
}

/* Sums as the backends have them. */
static void
expect_digits(const GeNumber *number)
{
	int64 digits[GE_NUMBER_DIGITS];
	GeNumber again;
	int low, high;

	ge_number_bins(number, &low, &high);
	fuzz_expect(ge_number_digits(number, low, high - low + 1, digits));
	ge_number_of_digits(&again, digits, high - low + 1, low);
	fuzz_expect(ge_number_equal(&again, number));
}

static void
run(const uint8_t *data, size_t size)
{
	GeMoments moments;
	const char *wrong;

	if (size > 0 && data[0] < ' ')
	{
		uint8 *bytes = (uint8 *) fuzz_bytes(data, size);

		wrong = ge_moments_read(bytes, size, &moments);
		if (wrong == NULL)
			wrong = ge_moments_check(&moments);
	}
	else
		wrong = ge_moments_parse(fuzz_string(data, size), &moments);
	if (wrong != NULL)
		return;
	expect_round_trip(&moments);
	expect_digits(&moments.weight);
	expect_digits(&moments.sum);
	expect_digits(&moments.squares);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_expect(fuzz_statement(run, data, size));
	return 0;
}
