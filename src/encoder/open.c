/*
 * encoder_open.c: recognises an encoder and reads its parameters.
 */
#include "postgres.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "encoder/encoder.h"

char *
ge_relation_name(Oid relid)
{
	char *schema = get_namespace_name_or_temp(get_rel_namespace(relid));
	char *name = get_rel_name(relid);

	if (schema == NULL || name == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relid)));
	return quote_qualified_identifier(schema, name);
}

void
ge_encoder_damaged(const char *encoder, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("encoder %s is damaged", encoder),
					errdetail_internal("%s", detail), errhint("Fit it again.")));
}

static void
refuse_relation(const char *name, const char *detail)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("%s is not an encoder", name),
		 errdetail_internal("%s", detail),
		 errhint("Encoders are made by gpu_encode.fit, fit_transform and preprocess.")));
}

/* A table with the columns of an encoder, in any order, others allowed beside them. */
static void
check_shape(Oid encoder, const char *name)
{
	Relation rel = try_relation_open(encoder, AccessShareLock);

	if (rel == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", encoder)));
	if (rel->rd_rel->relkind != RELKIND_RELATION &&
		rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		refuse_relation(name, "It is not a table.");
	for (int i = 0; i < GE_ENCODER_N_COLUMNS; i++)
	{
		const GeOutputColumn *wanted = &ge_encoder_columns[i];
		AttrNumber attno = get_attnum(encoder, wanted->name);

		if (attno <= 0 ||
			TupleDescAttr(RelationGetDescr(rel), attno - 1)->atttypid != wanted->type)
			refuse_relation(name, psprintf("It has no column \"%s\" of type %s.",
										   wanted->name, format_type_be(wanted->type)));
	}
	relation_close(rel, NoLock);
}

GeEncoderParameters *
ge_encoder_open(Oid encoder)
{
	MemoryContext caller = CurrentMemoryContext;
	char *name = ge_relation_name(encoder);
	GeEncoderParameters *parameters;
	Datum jsonb;
	bool is_null;
	MemoryContext old;

	check_shape(encoder, name);
	SPI_connect();
	if (SPI_execute(psprintf("SELECT parameters FROM %s WHERE column_name IS NULL "
							 "AND kind OPERATOR(pg_catalog.=) 'parameters'",
							 name),
					true, 2) != SPI_OK_SELECT)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("could not read the parameters of encoder %s", name)));
	if (SPI_processed == 0)
		refuse_relation(name, "It has no row of kind 'parameters'.");
	if (SPI_processed > 1)
		ge_encoder_damaged(name, "It has more than one row of kind 'parameters'.");
	jsonb = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
	if (is_null)
		ge_encoder_damaged(name, "Its parameters are null.");
	old = MemoryContextSwitchTo(caller);
	parameters = ge_encoder_parameters_parse(jsonb, name);
	MemoryContextSwitchTo(old);
	SPI_finish();
	return parameters;
}
