/*
 * cursor.c: opens an encoder table, checks it, and reads its rows.
 */
#include "postgres.h"
#include "access/detoast.h"
#include "access/parallel.h"
#include "access/relation.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rls.h"

#include "base/compat.h"
#include "base/rights.h"
#include "encoder/cursor.h"

/*
 * The columns that every reader reads: the caller needs SELECT on them.  Moments need it
 * only where they are read.
 */
static const int columns_read[] = {
	GE_ENCODER_KIND, GE_ENCODER_COLUMN_NAME, GE_ENCODER_VALUE,	   GE_ENCODER_VALUES,
	GE_ENCODER_CODE, GE_ENCODER_N_ROWS,		 GE_ENCODER_ENCODINGS, GE_ENCODER_PARAMETERS,
};

GE_NORETURN static void
refuse_relation(const GeEncoderCursor *cursor, const char *detail)
{
	ge_encoder_refuse(cursor->name, detail);
}

/* A table of this session or of all. */
static void
check_relation(const GeEncoderCursor *cursor)
{
	Relation relation = cursor->relation;

	if (relation->rd_rel->relkind != RELKIND_RELATION)
		refuse_relation(cursor, "It is not a table.");
	if (RELATION_IS_OTHER_TEMP(relation))
		refuse_relation(cursor, "It is a temporary table of another session.");
	if (IsParallelWorker() && relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_STATE),
						errmsg("temporary encoder %s cannot be read by a parallel worker",
							   cursor->name),
						errhint("Set max_parallel_workers_per_gather to 0.")));
}

/* Policies would hide categories, and run functions of their authors. */
static void
check_row_security(const GeEncoderCursor *cursor)
{
	if (cursor->relation->rd_rel->relrowsecurity &&
		check_enable_rls(cursor->relid, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("encoder %s has row-level security", cursor->name),
				 errdetail("Its policies apply to role \"%s\". An encoder is read whole.",
						   GetUserNameFromId(GetUserId(), false)),
				 errhint("Disable row-level security on the encoder, or copy the "
						 "encoder into a table of your own.")));
}

static bool
attribute_fits(TupleDesc desc, AttrNumber attno, const GeOutputColumn *wanted)
{
	Form_pg_attribute attribute;

	if (attno <= 0 || attno > desc->natts)
		return false;
	attribute = TupleDescAttr(desc, attno - 1);
	return !attribute->attisdropped && attribute->atttypid == wanted->type &&
		   !ge_attribute_is_virtual(attribute) &&
		   strcmp(NameStr(attribute->attname), wanted->name) == 0;
}

/* Encoders of format 1 had a column of this name and type. */
static bool
is_format_1(TupleDesc desc)
{
	const GeOutputColumn column = {.name = "sum_low_bin", .type = INT4OID};

	for (AttrNumber attno = desc->natts; attno > 0; attno--)
		if (attribute_fits(desc, attno, &column))
			return true;
	return false;
}

static void
bind_column(GeEncoderCursor *cursor, int column, const GeOutputColumn *wanted)
{
	TupleDesc desc = RelationGetDescr(cursor->relation);
	AttrNumber attno = cursor->attno[column];

	if (!attribute_fits(desc, attno, wanted))
		for (attno = desc->natts; attno > 0; attno--)
			if (attribute_fits(desc, attno, wanted))
				break;
	if (attno == 0 && column == GE_ENCODER_MOMENTS && is_format_1(desc))
		ge_encoder_refuse_format(cursor->name, 1);
	if (attno == 0)
		refuse_relation(cursor, psprintf("It has no column \"%s\" of type %s.",
										 wanted->name, format_type_be(wanted->type)));
	if (attno != cursor->attno[column]) /* indexes were found by the one before */
		memset(cursor->index_oid, 0, sizeof cursor->index_oid);
	cursor->attno[column] = attno;
}

/* Find every column, in any order, of any collation; others may stand beside them. */
static void
bind_columns(GeEncoderCursor *cursor)
{
	const GeOutputColumn *columns = ge_encoder_columns();

	for (int column = 0; column < GE_ENCODER_N_COLUMNS; column++)
		bind_column(cursor, column, &columns[column]);
}

static void
check_rights(GeEncoderCursor *cursor)
{
	Bitmapset *columns = NULL;

	ge_require_schema_usage(RelationGetNamespace(cursor->relation));
	for (int i = 0; i < lengthof(columns_read); i++)
		columns = bms_add_member(columns, cursor->attno[columns_read[i]] -
											  FirstLowInvalidHeapAttributeNumber);
	ge_require_select(cursor->relation, columns);
	cursor->role = GetUserId();
}

void
ge_encoder_cursor_check_moments(GeEncoderCursor *cursor)
{
	ge_require_select(cursor->relation,
					  bms_make_singleton(cursor->attno[GE_ENCODER_MOMENTS] -
										 FirstLowInvalidHeapAttributeNumber));
}

void
ge_encoder_cursor_open(GeEncoderCursor *cursor)
{
	/* an error may have ended the last scan */
	cursor->slot = NULL;
	cursor->scan = NULL;
	cursor->index_scan = NULL;
	cursor->index = NULL;
	cursor->relation = try_relation_open(cursor->relid, AccessShareLock);
	if (cursor->relation == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", cursor->relid)));
	if (cursor->name == NULL)
		cursor->name = ge_relation_name(cursor->relid);
	check_relation(cursor);
	bind_columns(cursor);
	if (cursor->role != GetUserId())
		check_rights(cursor);
	check_row_security(cursor);
}

void
ge_encoder_cursor_close(GeEncoderCursor *cursor)
{
	relation_close(cursor->relation, NoLock);
	cursor->relation = NULL;
}

void
ge_encoder_cursor_scan(GeEncoderCursor *cursor, Snapshot snapshot)
{
	bind_columns(cursor);
	cursor->slot = table_slot_create(cursor->relation, NULL);
	cursor->scan = table_beginscan(cursor->relation, snapshot, 0, NULL);
}

static void
set_null_key(ScanKey key, AttrNumber attno)
{
	ScanKeyEntryInitialize(key, SK_ISNULL | SK_SEARCHNULL, attno, InvalidStrategy,
						   InvalidOid, InvalidOid, InvalidOid, (Datum) 0);
}

void
ge_encoder_cursor_scan_index(GeEncoderCursor *cursor, Snapshot snapshot,
							 const GeEncoderKey *key)
{
	ScanKeyData keys[2];
	int n_keys = key->has_second ? 2 : 1;

	bind_columns(cursor);
	cursor->index = ge_encoder_open_index(cursor, key->index);
	if (cursor->index == NULL)
	{
		ge_encoder_cursor_scan(cursor, snapshot);
		return;
	}
	if (key->column_name == NULL)
		set_null_key(&keys[0], 1);
	else
		ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ,
					CStringGetTextDatum(key->column_name));
	if (key->second_is_null)
		set_null_key(&keys[1], 2);
	else
		ScanKeyInit(&keys[1], 2, BTEqualStrategyNumber,
					key->index == GE_ENCODER_BY_CODE ? F_INT4EQ : F_INT8EQ, key->second);
	cursor->slot = table_slot_create(cursor->relation, NULL);
	cursor->index_scan =
		ge_index_beginscan(cursor->relation, cursor->index, snapshot, n_keys);
	index_rescan(cursor->index_scan, keys, n_keys, NULL, 0);
}

bool
ge_encoder_cursor_next(GeEncoderCursor *cursor)
{
	CHECK_FOR_INTERRUPTS();
	if (cursor->index_scan != NULL)
		return index_getnext_slot(cursor->index_scan, ForwardScanDirection, cursor->slot);
	return table_scan_getnextslot(cursor->scan, ForwardScanDirection, cursor->slot);
}

void
ge_encoder_cursor_end(GeEncoderCursor *cursor)
{
	ExecDropSingleTupleTableSlot(cursor->slot);
	if (cursor->scan != NULL)
		table_endscan(cursor->scan);
	if (cursor->index_scan != NULL)
		index_endscan(cursor->index_scan);
	if (cursor->index != NULL)
		index_close(cursor->index, NoLock);
	cursor->slot = NULL;
	cursor->scan = NULL;
	cursor->index_scan = NULL;
	cursor->index = NULL;
}

Datum
ge_encoder_field(GeEncoderCursor *cursor, int column, bool *is_null)
{
	return slot_getattr(cursor->slot, cursor->attno[column], is_null);
}

bool
ge_encoder_field_is_null(GeEncoderCursor *cursor, int column)
{
	return slot_attisnull(cursor->slot, cursor->attno[column]);
}

const char *
ge_encoder_field_bytes(GeEncoderCursor *cursor, int column, Size *length)
{
	bool is_null;
	Datum datum = ge_encoder_field(cursor, column, &is_null);
	text *flat = DatumGetTextPP(datum);

	Assert(!is_null);
	*length = VARSIZE_ANY_EXHDR(flat);
	return VARDATA_ANY(flat);
}

bool
ge_encoder_field_is(GeEncoderCursor *cursor, int column, const char *string)
{
	Size length = strlen(string);
	bool is_null, same;
	Datum datum = ge_encoder_field(cursor, column, &is_null);
	text *flat;

	/*
	 * a scan may skip many long values: values are unpacked only when needed, and not
	 * kept
	 */
	if (is_null || toast_raw_datum_size(datum) - VARHDRSZ != length)
		return false;
	flat = DatumGetTextPP(datum);
	same = memcmp(VARDATA_ANY(flat), string, length) == 0;
	if (PointerGetDatum(flat) != datum)
		pfree(flat);
	return same;
}
