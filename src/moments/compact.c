/*
 * compact.c: the canonical bytes of moments.
 *
 *   version   1 byte     1
 *   flags     1 byte     GeCompactFlag bits
 *   rows      varint
 *   rows without a target   varint
 *   weight    number     if it is not the number of targets
 *   and unless weight is 0:
 *   sum       number
 *   squares   number     if known, and other than sum (0/1 targets)
 *   least     if known: a zigzag varint if a whole number of 32 bits, else a double, the
 *   greatest    highest byte first
 *
 * Equal values have equal bytes.  A 0/1 target of a million rows takes 13.
 */
#include "postgres.h"
#include "port/pg_bswap.h"

#include "moments/internal.h"

typedef enum GeCompactFlag
{
	FLAG_WEIGHT = 1,
	FLAG_NO_SQUARES = 2,
	FLAG_SQUARES_ARE_SUM = 4,
	FLAG_NO_LEAST = 8,
	FLAG_NO_GREATEST = 16,
	FLAG_LEAST_IS_DOUBLE = 32,
	FLAG_GREATEST_IS_DOUBLE = 64
} GeCompactFlag;

/* ------------------------------------------------------------------------- write */

static uint8
flags_of(const GeMoments *moments)
{
	GeNumber targets;
	int unknown = GE_MOMENTS_ALL & ~moments->parts;
	uint8 flags = 0;

	ge_number_of_uint64(&targets, moments->n_target);
	if (!ge_number_equal(&moments->weight, &targets))
		flags |= FLAG_WEIGHT;
	if (moments->weight.n == 0)
		return flags;
	if ((unknown & GE_MOMENTS_SQUARES) != 0)
		flags |= FLAG_NO_SQUARES;
	else if (ge_number_equal(&moments->squares, &moments->sum))
		flags |= FLAG_SQUARES_ARE_SUM;
	if ((unknown & GE_MOMENTS_LEAST) != 0)
		flags |= FLAG_NO_LEAST;
	else if (!ge_is_int32(moments->least))
		flags |= FLAG_LEAST_IS_DOUBLE;
	if ((unknown & GE_MOMENTS_GREATEST) != 0)
		flags |= FLAG_NO_GREATEST;
	else if (!ge_is_int32(moments->greatest))
		flags |= FLAG_GREATEST_IS_DOUBLE;
	return flags;
}

static void
append_bound(StringInfo bytes, double bound)
{
	uint64 bits;

	if (ge_is_int32(bound))
	{
		ge_zigzag_append(bytes, (int64) bound);
		return;
	}
	memcpy(&bits, &bound, sizeof(bits));
	bits = pg_hton64(bits);
	appendBinaryStringInfo(bytes, (char *) &bits, sizeof(bits));
}

void
ge_moments_append(StringInfo bytes, const GeMoments *moments)
{
	uint8 flags = flags_of(moments);

	appendStringInfoCharMacro(bytes, GE_FORM_COMPACT);
	appendStringInfoCharMacro(bytes, (char) flags);
	ge_varint_append(bytes, moments->n_rows);
	ge_varint_append(bytes, moments->n_rows - moments->n_target);
	if ((flags & FLAG_WEIGHT) != 0)
		ge_number_append(bytes, &moments->weight);
	if (moments->weight.n == 0)
		return;
	ge_number_append(bytes, &moments->sum);
	if ((flags & (FLAG_NO_SQUARES | FLAG_SQUARES_ARE_SUM)) == 0)
		ge_number_append(bytes, &moments->squares);
	if ((flags & FLAG_NO_LEAST) == 0)
		append_bound(bytes, moments->least);
	if ((flags & FLAG_NO_GREATEST) == 0)
		append_bound(bytes, moments->greatest);
}

/* -------------------------------------------------------------------------- read */

static bool
read_bound(GeBytes *bytes, bool is_double, double *bound)
{
	int64 whole;
	uint64 bits;

	if (!is_double)
	{
		if (!ge_zigzag_read(bytes, &whole))
			return false;
		*bound = (double) whole;
		return true;
	}
	if (bytes->end - bytes->next < sizeof(bits))
		return false;
	memcpy(&bits, bytes->next, sizeof(bits));
	bytes->next += sizeof(bits);
	bits = pg_ntoh64(bits);
	memcpy(bound, &bits, sizeof(bits));
	return true;
}

/* What follows the weight, which is not 0. */
static bool
read_sums(GeBytes *bytes, uint8 flags, GeMoments *moments)
{
	if (!ge_number_read(bytes, &moments->sum))
		return false;
	if ((flags & FLAG_NO_SQUARES) != 0)
		moments->parts &= ~GE_MOMENTS_SQUARES;
	else if ((flags & FLAG_SQUARES_ARE_SUM) != 0)
		moments->squares = moments->sum;
	else if (!ge_number_read(bytes, &moments->squares))
		return false;

	if ((flags & FLAG_NO_LEAST) != 0)
		moments->parts &= ~GE_MOMENTS_LEAST;
	else if (!read_bound(bytes, (flags & FLAG_LEAST_IS_DOUBLE) != 0, &moments->least))
		return false;
	if ((flags & FLAG_NO_GREATEST) != 0)
		moments->parts &= ~GE_MOMENTS_GREATEST;
	else if (!read_bound(bytes, (flags & FLAG_GREATEST_IS_DOUBLE) != 0,
						 &moments->greatest))
		return false;
	return true;
}

const char *
ge_moments_read(const uint8 *bytes, Size length, GeMoments *moments)
{
	GeBytes rest = {bytes + 2, bytes + length};
	uint64 without;

	ge_moments_clear(moments);
	if (length < 2)
		return "the bytes end too early";
	if (bytes[0] != GE_FORM_COMPACT)
		return "the version is unknown";
	if (!ge_varint_read(&rest, &moments->n_rows) || !ge_varint_read(&rest, &without) ||
		without > moments->n_rows)
		return "the numbers of rows cannot be read";
	moments->n_target = moments->n_rows - without;
	ge_number_of_uint64(&moments->weight, moments->n_target);
	if ((bytes[1] & FLAG_WEIGHT) != 0 && !ge_number_read(&rest, &moments->weight))
		return "the weight cannot be read";
	if (moments->weight.n > 0 && !read_sums(&rest, bytes[1], moments))
		return "the sums cannot be read";
	if (rest.next != rest.end)
		return "bytes follow the end";
	return NULL;
}
