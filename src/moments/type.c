/*
 * type.c: the type gpu_encode.moments: input, output, comparison, hash.
 *
 * Values are compared by their canonical bytes: an order, but one without a meaning.
 */
#include "postgres.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "libpq/pqformat.h"

#include "base/compat.h"
#include "base/shown.h"
#include "moments/internal.h"

GE_SQL_FUNCTION(ge_moments_in);
GE_SQL_FUNCTION(ge_moments_out);
GE_SQL_FUNCTION(ge_moments_recv);
GE_SQL_FUNCTION(ge_moments_send);
GE_SQL_FUNCTION(ge_moments_cmp);
GE_SQL_FUNCTION(ge_moments_lt);
GE_SQL_FUNCTION(ge_moments_le);
GE_SQL_FUNCTION(ge_moments_eq);
GE_SQL_FUNCTION(ge_moments_ne);
GE_SQL_FUNCTION(ge_moments_ge);
GE_SQL_FUNCTION(ge_moments_gt);
GE_SQL_FUNCTION(ge_moments_hash);
GE_SQL_FUNCTION(ge_moments_hash_extended);

Datum
ge_moments_in(PG_FUNCTION_ARGS)
{
	const char *string = PG_GETARG_CSTRING(0);
	GeMoments moments;
	const char *wrong = ge_moments_parse(string, &moments);

	if (wrong != NULL)
		ge_ereturn(fcinfo->context, (Datum) 0,
				   (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input syntax for type gpu_encode.moments: \"%s\"",
						   ge_shown(string)),
					errdetail_internal("In this text %s.", wrong)));
	PG_RETURN_DATUM(ge_moments_datum(&moments));
}

Datum
ge_moments_out(PG_FUNCTION_ARGS)
{
	GeMoments moments;
	StringInfoData string;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	initStringInfo(&string);
	ge_moments_print(&string, &moments);
	PG_RETURN_CSTRING(string.data);
}

/* What is wrong with bytes from outside, or NULL.  Equal values must have equal bytes. */
static const char *
read_canonical(const char *bytes, int length, GeMoments *moments)
{
	const char *wrong = ge_moments_read((const uint8 *) bytes, length, moments);
	StringInfoData canonical;

	if (wrong == NULL)
		wrong = ge_moments_check(moments);
	if (wrong != NULL)
		return wrong;
	initStringInfo(&canonical);
	ge_moments_append(&canonical, moments);
	if (canonical.len != length || memcmp(canonical.data, bytes, length) != 0)
		return "the figures are not in canonical form";
	return NULL;
}

Datum
ge_moments_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	int length = message->len - message->cursor;
	const char *bytes = pq_getmsgbytes(message, length);
	GeMoments moments;
	const char *wrong = read_canonical(bytes, length, &moments);

	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid binary value of type gpu_encode.moments"),
						errdetail_internal("In its %d bytes %s.", length, wrong)));
	PG_RETURN_DATUM(ge_moments_datum(&moments));
}

Datum
ge_moments_send(PG_FUNCTION_ARGS)
{
	Datum value = PointerGetDatum(ge_moments_canonical(PG_GETARG_DATUM(0)));

	PG_RETURN_BYTEA_P(PG_DETOAST_DATUM_COPY(value)); /* with a header of four bytes */
}

static int
compare(FunctionCallInfo fcinfo)
{
	struct varlena *a = ge_moments_canonical(PG_GETARG_DATUM(0));
	struct varlena *b = ge_moments_canonical(PG_GETARG_DATUM(1));
	Size a_length = VARSIZE_ANY_EXHDR(a);
	Size b_length = VARSIZE_ANY_EXHDR(b);
	int order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(a_length, b_length));

	if (order == 0)
		order = a_length < b_length ? -1 : a_length > b_length;
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return order;
}

Datum
ge_moments_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

Datum
ge_moments_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
ge_moments_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
ge_moments_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

Datum
ge_moments_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

Datum
ge_moments_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
ge_moments_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

Datum
ge_moments_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = ge_moments_canonical(PG_GETARG_DATUM(0));

	PG_RETURN_DATUM(
		hash_any((unsigned char *) VARDATA_ANY(value), (int) VARSIZE_ANY_EXHDR(value)));
}

Datum
ge_moments_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = ge_moments_canonical(PG_GETARG_DATUM(0));

	PG_RETURN_DATUM(hash_any_extended((unsigned char *) VARDATA_ANY(value),
									  (int) VARSIZE_ANY_EXHDR(value),
									  (uint64) PG_GETARG_INT64(1)));
}
