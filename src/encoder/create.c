/*
 * create.c: the columns, indexes and names of an encoder table.
 */
#include "postgres.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "base/shown.h"
#include "encoder/encoder.h"

/* The type is the extension's own, so that its OID differs between databases. */
static Oid
type_of_moments(void)
{
	Oid schema = get_namespace_oid("gpu_encode", false);
	Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("moments"),
							   ObjectIdGetDatum(schema));

	if (!OidIsValid(type))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("type gpu_encode.moments does not exist"),
						errhint("Declare types of gpu_encode by CREATE EXTENSION.")));
	return get_array_type(type);
}

const GeOutputColumn *
ge_encoder_columns(void)
{
	static GeOutputColumn columns[GE_ENCODER_N_COLUMNS] = {
		[GE_ENCODER_KIND] = {"kind", TEXTOID, -1, C_COLLATION_OID},
		[GE_ENCODER_COLUMN_NAME] = {"column_name", TEXTOID, -1, C_COLLATION_OID},
		[GE_ENCODER_VALUE] = {"value", TEXTOID, -1, C_COLLATION_OID},
		[GE_ENCODER_VALUES] = {"values", TEXTARRAYOID, -1, C_COLLATION_OID},
		[GE_ENCODER_CODE] = {"code", INT4OID, -1, InvalidOid},
		[GE_ENCODER_N_ROWS] = {"n_rows", INT8OID, -1, InvalidOid},
		[GE_ENCODER_MOMENTS] = {"moments", InvalidOid, -1, InvalidOid},
		[GE_ENCODER_ENCODINGS] = {"encodings", FLOAT8ARRAYOID, -1, InvalidOid},
		[GE_ENCODER_ENCODING] = {"encoding", FLOAT8OID, -1, InvalidOid},
		[GE_ENCODER_PARAMETERS] = {"parameters", JSONBOID, -1, InvalidOid},
	};

	columns[GE_ENCODER_MOMENTS].type = type_of_moments();
	return columns;
}

static void
check_count(const GePlan *plan)
{
	if (plan->n_outputs > GE_ENCODER_MOST)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("an encoder would have too many target encodings"),
				 errdetail("It would have %d for each row; at most %d are possible.",
						   plan->n_outputs, GE_ENCODER_MOST),
				 errhint("Ask for fewer target_columns or stats, or for no encoder.")));
}

/*
 * The column of a target encoding has its name and a suffix.  The suffix may be empty if
 * the name is not that of a column.
 */
static void
check_lengths(const GePlan *plan)
{
	for (int o = 0; o < plan->n_outputs; o++)
	{
		const GeEncoding *encoding = &plan->encodings[plan->outputs[o].encoding];
		const char *name = ge_plan_output_name(plan, o, "");
		bool needs_suffix = encoding->n_parts == 1 && strcmp(name, encoding->name) == 0;

		ge_output_check_length(name, NAMEDATALEN - (needs_suffix ? 2 : 1),
							   ge_plan_output_hint(plan, o));
	}
}

/* No table can have two columns of one name, whatever te_suffix a transform gives. */
static void
check_differ(const GePlan *plan)
{
	char **names = palloc_array(char *, plan->n_outputs + 1);

	for (int o = 0; o < plan->n_outputs; o++)
	{
		names[o] = ge_plan_output_name(plan, o, "_TE");
		for (int k = 0; k < o; k++)
			if (strcmp(names[o], names[k]) == 0)
				ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
								errmsg("two target encodings have the name \"%s\"",
									   ge_shown(names[o])),
								errhint("Choose another \"name\" in column_options.")));
	}
}

void
ge_encoder_check_names(const GePlan *plan)
{
	bool has_labels = false;

	for (int i = 0; i < plan->n_columns; i++)
		has_labels |= plan->columns[i].is_label;
	if (!has_labels && plan->n_encodings == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an encoder needs a column to encode"),
				 plan->options.label_columns.given
					 ? errdetail("Arguments label_columns and target_columns name none.")
					 : errdetail("Relation %s has no text column beside the target and "
								 "those that are excluded.",
								 ge_source_name(plan->sources[0].source)),
				 errhint("Name columns in label_columns, or in target_columns with a "
						 "target.")));
	check_count(plan);
	check_lengths(plan);
	check_differ(plan);
	for (int i = 0; i < plan->n_encodings; i++)
	{
		const GeEncoding *encoding = &plan->encodings[i];
		int column = ge_plan_find_column(plan, encoding->name);

		if (encoding->n_parts == 1 || column < 0)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("an encoder cannot hold both column \"%s\" and a combination of "
						"that name",
						ge_shown(encoding->name)),
				 errhint("Name the combination where it is listed: {\"name\": [\"a\", "
						 "\"b\"]}.")));
	}
}

void
ge_encoder_create_indexes(Oid relid)
{
	static const char *const keys[] = {
		"(column_name, pg_catalog.hashtextextended(value, 0))",
		"(column_name, pg_catalog.hash_array_extended(\"values\", 0))",
		"(column_name, code)",
	};
	char *name = ge_relation_name(relid);

	SPI_connect();
	for (int i = 0; i < lengthof(keys); i++)
	{
		char *sql = psprintf("CREATE INDEX ON %s USING btree %s", name, keys[i]);

		if (SPI_execute(sql, false, 0) != SPI_OK_UTILITY)
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
							errmsg("could not create an index on encoder %s", name)));
	}
	SPI_finish();
}
