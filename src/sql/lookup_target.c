/*
 * lookup_target.c: target_encoding, one value at a time.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/shown.h"
#include "sql/lookup.h"

GE_SQL_FUNCTION(ge_target_encoding);
GE_SQL_FUNCTION(ge_target_encoding_any);
GE_SQL_FUNCTION(ge_target_encoding_joint);

/* Whether the fitted source lacks the category.  A rare one is in the pool, if this has rows. */
static bool
is_unseen(GeLookup *lookup, const char *name, bool is_combination, bool has_infrequent,
		  const GeFound *found)
{
	GeFound pool;

	if (!found->found || found->has_rows || !has_infrequent || found->code_is_null)
		return !found->found || !found->has_rows;
	pool = ge_require_kind(lookup, name, is_combination, "infrequent");
	return pool.code_is_null || pool.code != found->code || !pool.has_rows;
}

/* Refuse an unseen category, if the options ask for that; else whether its encoding is NULL. */
static bool
unseen_is_null(const GeLookup *lookup, const char *name, GeUnseen unseen)
{
	if (unseen == GE_UNSEEN_ERROR)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the value of \"%s\" has no target encoding in encoder %s",
						ge_shown(name), lookup->name),
				 errdetail("The rows that the encoder was fitted on do not have it, and "
						   "the encoder has \"unseen\": \"error\".")));
	return unseen == GE_UNSEEN_NULL;
}

/*
 * The encoding of the row, or the prior.  A category lacks an encoding only if there is
 * no prior.
 */
static Datum
encoding_or_prior(FunctionCallInfo fcinfo, GeLookup *lookup, const char *name,
				  bool is_combination, bool is_missing, GeFound found)
{
	if (!found.found || (found.encoding_is_null && !is_missing))
	{
		GeFound prior = ge_require_kind(lookup, name, is_combination, "prior");

		if (found.found && !prior.encoding_is_null)
			ge_encoder_damaged(lookup->name, "A category has no encoding.");
		found = prior;
	}
	if (found.encoding_is_null)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(found.encoding);
}

static Datum
encoding_of(FunctionCallInfo fcinfo, GeLookup *lookup, const GeLookupColumn *column,
			GeLookupValue value)
{
	const GeEncoderColumn *fitted = column->column;
	GeFound found = ge_lookup_category(lookup, fitted, &value);

	if (fitted->options.unseen != GE_UNSEEN_PRIOR && !value.is_missing &&
		is_unseen(lookup, fitted->name, false, fitted->has_infrequent, &found) &&
		unseen_is_null(lookup, fitted->name, fitted->options.unseen))
		PG_RETURN_NULL();
	return encoding_or_prior(fcinfo, lookup, fitted->name, false, value.is_missing,
							 found);
}

static GeLookupColumn *
open_target_column(GeLookup *lookup, const char *name)
{
	GeLookupColumn *column = ge_lookup_column(lookup, name);

	if (!column->column->is_target)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("encoder %s has no target encoding of column \"%s\"",
						lookup->name, ge_shown(name)),
				 errhint("Columns that target_columns named have target encodings.")));
	return column;
}

Datum
ge_target_encoding(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeLookupColumn *column = open_target_column(lookup, ge_arg_text(args, "column_name"));
	char *string = ge_arg_text_or_null(args, "value");

	ge_read_which(args, lookup, column->column->name, &column->column->outputs);
	ge_arguments_done(args);
	return encoding_of(fcinfo, lookup, column, ge_lookup_text(column, string, false));
}

Datum
ge_target_encoding_any(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeLookupColumn *column = open_target_column(lookup, ge_arg_text(args, "column_name"));
	GeLookupValue value = ge_lookup_argument(args, lookup, column, false);

	ge_read_which(args, lookup, column->column->name, &column->column->outputs);
	ge_arguments_done(args);
	return encoding_of(fcinfo, lookup, column, value);
}

/* The combinations of an encoder, as lists of columns: (a, b), (c, d), ... */
static char *
list_combinations(const GeEncoderParameters *parameters)
{
	StringInfoData list;
	int n = parameters->n_combinations;

	initStringInfo(&list);
	for (int i = 0; i < Min(n, GE_SHOWN_VALUES); i++)
	{
		const GeNames *names = &parameters->combinations[i].names;

		appendStringInfoString(&list, i == 0 ? "(" : ", (");
		ge_append_shown(&list, names->names, names->n, names->n);
		appendStringInfoChar(&list, ')');
	}
	if (n > GE_SHOWN_VALUES)
		appendStringInfoString(&list, ", ...");
	return list.data;
}

/* The combination of these columns. */
static const GeEncoderCombination *
find_combination(const GeLookup *lookup, const GeNames *names)
{
	for (int i = 0; i < lookup->parameters->n_combinations; i++)
	{
		const GeEncoderCombination *combination = &lookup->parameters->combinations[i];
		const GeNames *known = &combination->names;
		bool same = known->n == names->n;

		for (int k = 0; same && k < known->n; k++)
			same = strcmp(known->names[k], names->names[k]) == 0;
		if (same)
			return combination;
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("encoder %s has no combination \"%s\"", lookup->name,
						   ge_shown(ge_names_joined(names))),
					lookup->parameters->n_combinations > 0
						? errdetail_internal("It has the combinations %s.",
											 list_combinations(lookup->parameters))
						: errdetail("It has no combinations."),
					errhint("Name the columns in the order of target_combinations.")));
}

/* A value of several columns as a category. */
typedef struct JointValue
{
	bool is_missing;
	ArrayType *texts; /* canonical; NULL: one is missing, or unreadable for its type */
} JointValue;

static JointValue
joint_value(GeLookup *lookup, const GeNames *names, ArrayType *values)
{
	Datum *elements, *canonical = palloc_array(Datum, names->n);
	bool *is_null, is_known = true;
	JointValue joint = {0};
	int n;

	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements, &is_null, &n);
	if (ARR_NDIM(values) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("\"values\" has %d dimensions", ARR_NDIM(values)),
						errhint("Give a list of values, one for each column.")));
	if (n != names->n)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("\"column_names\" has %d elements and \"values\" %d",
							   names->n, n)));
	for (int i = 0; i < n; i++)
	{
		GeLookupValue value =
			ge_lookup_text(ge_lookup_column(lookup, names->names[i]),
						   is_null[i] ? NULL : TextDatumGetCString(elements[i]), false);

		joint.is_missing |= value.is_missing;
		is_known &= value.text != NULL;
		canonical[i] = value.text == NULL ? (Datum) 0 : CStringGetTextDatum(value.text);
	}
	if (is_known)
		joint.texts = construct_array(canonical, n, TEXTOID, -1, false, TYPALIGN_INT);
	return joint;
}

/* The row of a combination's category, or of a missing one. */
static GeFound
find_joint(GeLookup *lookup, const GeEncoderCombination *combination, JointValue value)
{
	if (value.is_missing)
	{
		ge_lookup_check_missing(lookup, combination->name,
								combination->options.handle_missing);
		return ge_require_kind(lookup, combination->name, true, "missing");
	}
	if (value.texts == NULL)
		return (GeFound){.found = false};
	return ge_lookup_values(lookup, combination->name, value.texts);
}

Datum
ge_target_encoding_joint(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeNames names = ge_arg_names(args, "column_names");
	ArrayType *values = ge_arg_text_array(args, "values");
	const GeEncoderCombination *combination;
	JointValue value;
	GeFound found;

	if (!names.given)
		ge_arg_refuse_null("column_names");
	combination = find_combination(lookup, &names);
	ge_read_which(args, lookup, combination->name, &combination->outputs);
	ge_arguments_done(args);
	value = joint_value(lookup, &names, values);
	found = find_joint(lookup, combination, value);
	if (combination->options.unseen != GE_UNSEEN_PRIOR && !value.is_missing &&
		is_unseen(lookup, combination->name, true, false, &found) &&
		unseen_is_null(lookup, combination->name, combination->options.unseen))
		PG_RETURN_NULL();
	return encoding_or_prior(fcinfo, lookup, combination->name, true, value.is_missing,
							 found);
}
