/*
 * open.c: an encoder and its parameters.
 */
#include "postgres.h"
#include "utils/jsonb.h"
#include "utils/snapmgr.h"

#include "base/citus.h"
#include "base/seen.h"
#include "encoder/cursor.h"
#include "encoder/load.h"

static Jsonb *
copy_parameters(GeEncoderCursor *cursor)
{
	bool is_null;
	Datum jsonb = ge_encoder_field(cursor, GE_ENCODER_PARAMETERS, &is_null);

	if (is_null)
		ge_encoder_damaged(cursor->name, "Its parameters are null.");
	return DatumGetJsonbPCopy(jsonb);
}

/* Workers of Citus have copies that only queries read. */
GE_NORETURN static void
refuse_missing_rows(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the rows of encoder %s are not in its own table here", name),
			 errdetail("It is a table of Citus."),
			 errhint("Call the function on the coordinator. If the rows were removed "
					 "there by truncate_local_data_after_distributing_table, fit the "
					 "encoder anew with replace => true.")));
}

const Jsonb *
ge_encoder_read_jsonb(GeEncoderCursor *cursor, Snapshot snapshot)
{
	const GeEncoderKey without_column = {.index = GE_ENCODER_BY_CODE};
	const Jsonb *parameters = NULL;

	ge_encoder_cursor_scan_index(cursor, snapshot, &without_column);
	while (ge_encoder_cursor_next(cursor))
	{
		if (!ge_encoder_field_is_null(cursor, GE_ENCODER_COLUMN_NAME) ||
			!ge_encoder_field_is(cursor, GE_ENCODER_KIND, "parameters"))
			continue;
		if (parameters != NULL)
			ge_encoder_damaged(cursor->name,
							   "It has more than one row of kind 'parameters'.");
		parameters = copy_parameters(cursor);
	}
	ge_encoder_cursor_end(cursor);
	if (parameters == NULL)
	{
		/* a table that was filled again has rows that the snapshot does not see */
		ge_relation_check_seen(cursor->relid, snapshot);
		ge_relation_check_rows_seen(cursor->relid, snapshot);
		if (ge_relation_is_distributed(cursor->relid))
			refuse_missing_rows(cursor->name);
		ge_encoder_refuse(cursor->name, "It has no row of kind 'parameters'.");
	}
	return parameters;
}

GeEncoderParameters *
ge_encoder_read_parameters(GeEncoderCursor *cursor, Snapshot snapshot)
{
	return ge_encoder_parameters_parse(ge_encoder_read_jsonb(cursor, snapshot),
									   cursor->name);
}

/* With the active snapshot, or a new one. */
static GeEncoder *
open_encoder(const GeRelationRef *given, bool with_active_snapshot)
{
	GeEncoder *encoder = palloc0_object(GeEncoder);

	encoder->cursor.relid = ge_relation_lock(given, AccessShareLock);
	/* after the lock: a refit that it waited for is seen whole */
	encoder->snapshot = RegisterSnapshot(with_active_snapshot ? GetActiveSnapshot()
															  : GetTransactionSnapshot());
	ge_relation_check_known(encoder->cursor.relid, encoder->snapshot);
	ge_encoder_cursor_open(&encoder->cursor);
	encoder->parameters = ge_encoder_read_parameters(&encoder->cursor, encoder->snapshot);
	return encoder;
}

GeEncoder *
ge_encoder_open(const GeRelationRef *given)
{
	return open_encoder(given, false);
}

GeEncoder *
ge_encoder_open_seen(const GeRelationRef *given)
{
	return open_encoder(given, true);
}

void
ge_encoder_close(GeEncoder *encoder)
{
	UnregisterSnapshot(encoder->snapshot);
	ge_encoder_cursor_close(&encoder->cursor);
}

const GeEncoderParameters *
ge_encoder_parameters(const GeEncoder *encoder)
{
	return encoder->parameters;
}

const char *
ge_encoder_name(const GeEncoder *encoder)
{
	return encoder->cursor.name;
}

Oid
ge_encoder_relid(const GeEncoder *encoder)
{
	return encoder->cursor.relid;
}
