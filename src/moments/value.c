/*
 * value.c: moments as values of SQL, made and opened.
 */
#include "postgres.h"

#include "base/compat.h"
#include "moments/state.h"

Datum
ge_moments_datum(const GeMoments *moments)
{
	const char *wrong = ge_moments_check(moments);
	StringInfoData bytes;

	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("no rows have such moments"),
						errdetail_internal("In these figures %s.", wrong)));
	initStringInfo(&bytes);
	appendStringInfoSpaces(&bytes, VARHDRSZ);
	ge_moments_append(&bytes, moments);
	SET_VARSIZE(bytes.data, bytes.len);
	return PointerGetDatum(bytes.data);
}

/* Whether a value that is not toasted is a state of an aggregate. */
static bool
is_state(struct varlena *flat)
{
	return VARSIZE_ANY_EXHDR(flat) > 0 &&
		   *(const uint8 *) VARDATA_ANY(flat) >= GE_FORM_WHOLE;
}

/* An aggregate without a final function, which a user may create, returns states. */
static void
open_state(struct varlena *flat, GeMoments *moments)
{
	GeState *state = ge_state_of_value(PointerGetDatum(flat));

	if (state == NULL)
		state = (GeState *) PG_DETOAST_DATUM_COPY(PointerGetDatum(flat));
	ge_state_open(state, moments);
}

struct varlena *
ge_moments_canonical(Datum value)
{
	struct varlena *flat = PG_DETOAST_DATUM_PACKED(value);
	GeMoments moments;

	if (!is_state(flat))
		return flat;
	open_state(flat, &moments);
	return (struct varlena *) DatumGetPointer(ge_moments_datum(&moments));
}

void
ge_moments_open(Datum value, GeMoments *moments)
{
	struct varlena *flat = PG_DETOAST_DATUM_PACKED(value);
	const char *wrong = NULL;

	if (is_state(flat))
		open_state(flat, moments);
	else
		wrong = ge_moments_read((const uint8 *) VARDATA_ANY(flat),
								VARSIZE_ANY_EXHDR(flat), moments);
	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("a value of type gpu_encode.moments is damaged"),
						errdetail_internal("In its bytes %s.", wrong)));
	if ((Pointer) flat != DatumGetPointer(value))
		pfree(flat);
}
