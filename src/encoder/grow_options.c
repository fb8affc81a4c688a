/*
 * grow_options.c: what a job asks for that learns from encoders alone.
 */
#include "postgres.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"

#include "base/shown.h"
#include "encoder/grow.h"

/* ------------------------------------------------------------- several encoders */

static void
refuse_labels(GeEncoder *const *encoders, int k, const char *target, const char *a,
			  const char *b)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("encoders %s and %s differ in the values of target \"%s\"",
					ge_encoder_name(encoders[0]), ge_encoder_name(encoders[k]),
					ge_shown(target)),
			 errdetail("The first has \"%s\" where the second has \"%s\".", ge_shown(a),
					   ge_shown(b)),
			 errhint("Fit both with equal pos_label, to a target of two values.")));
}

/* A value of a target that one of two encoders may not have met. */
static const char *
merge_label(GeEncoder *const *encoders, int k, const char *target, const char *a,
			const char *b)
{
	if (a != NULL && b != NULL && strcmp(a, b) != 0)
		refuse_labels(encoders, k, target, a, b);
	return a != NULL ? a : b;
}

static void
merge_targets(GeEncoder *const *encoders, int k, GeFittedTarget *all,
			  const GeJobOptions *more)
{
	for (int t = 0; t < more->n_fitted_targets; t++)
	{
		const GeFittedTarget *target = &more->fitted_targets[t];

		all[t].pos_label =
			merge_label(encoders, k, target->name, all[t].pos_label, target->pos_label);
		all[t].other_label = merge_label(encoders, k, target->name, all[t].other_label,
										 target->other_label);
	}
}

/* The relations that the encoders were fitted on, each once. */
static void
merge_sources(GeJobOptions *parts, int n, GeJobOptions *options)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int k = 0; k < n; k++)
	{
		bool is_new = true;

		for (int i = 0; i < k; i++)
			is_new &= strcmp(parts[i].fitted_source, parts[k].fitted_source) != 0;
		if (is_new)
			appendStringInfo(&names, "%s%s", k == 0 ? "" : ", ", parts[k].fitted_source);
		if (parts[k].fitted_source_oid != parts[0].fitted_source_oid)
			options->fitted_source_oid = InvalidOid;
	}
	options->fitted_source = names.data;
}

void
ge_encoders_fitting(GeEncoder **encoders, int n, GeJobOptions *options,
					const char *function)
{
	GeJobOptions *parts = palloc0_array(GeJobOptions, n);
	GeFittedTarget *targets;

	ge_encoder_fitting(encoders[0], options, function);
	parts[0] = *options;
	targets = palloc_array(GeFittedTarget, options->n_fitted_targets + 1);
	memcpy(targets, options->fitted_targets,
		   sizeof(GeFittedTarget) * options->n_fitted_targets);
	for (int k = 1; k < n; k++)
	{
		ge_encoders_check_alike(encoders[0], encoders[k]);
		ge_encoder_fitting(encoders[k], &parts[k], function);
		merge_targets(encoders, k, targets, &parts[k]);
	}
	options->fitted_targets = targets;
	merge_sources(parts, n, options);
}

/* ------------------------------------------------------------------------ no rows */

static int64
place(GeGivenRows *rows)
{
	return 0;
}

static void
seek(GeGivenRows *rows, int64 at)
{
}

static bool
next(GeGivenRows *rows, TupleTableSlot *slot)
{
	return false;
}

typedef struct Columns
{
	int n;
	char **names;
	Oid *types;
	int32 *typmods;
} Columns;

/* A column that is coded may be a target too. */
static void
add_column(Columns *columns, const char *name, Oid type, int32 typmod)
{
	for (int i = 0; i < columns->n; i++)
		if (strcmp(columns->names[i], name) == 0)
			return;
	columns->names[columns->n] = pstrdup(name);
	columns->types[columns->n] = type;
	columns->typmods[columns->n++] = typmod;
}

static Columns
columns_of(const GeJobOptions *options)
{
	int most = options->n_fitted_types + options->n_fitted_targets + 2;
	Columns columns = {.names = palloc_array(char *, most),
					   .types = palloc_array(Oid, most),
					   .typmods = palloc_array(int32, most)};

	for (int i = 0; i < options->n_fitted_types; i++)
		add_column(&columns, options->fitted_types[i].name, options->fitted_types[i].type,
				   options->fitted_types[i].typmod);
	for (int t = 0; t < options->n_fitted_targets; t++)
		add_column(&columns, options->fitted_targets[t].name,
				   options->fitted_targets[t].type, -1);
	if (options->weight_column != NULL)
		add_column(&columns, options->weight_column, FLOAT8OID, -1);
	return columns;
}

GeSourceSpec
ge_growth_no_rows(const GeJobOptions *options)
{
	Columns columns = columns_of(options);
	GeGivenRows *rows = palloc0_object(GeGivenRows);

	rows->desc = CreateTemplateTupleDesc(columns.n);
	for (int i = 0; i < columns.n; i++)
		TupleDescInitEntry(rows->desc, i + 1, columns.names[i], columns.types[i],
						   columns.typmods[i], 0);
	rows->place = place;
	rows->seek = seek;
	rows->next = next;
	return (GeSourceSpec){
		.role = "encoders",
		.rows = rows,
		.name = options->fitted_source,
		.column_names = (const char *const *) columns.names,
		.all_names = {.given = true, .n = columns.n, .names = columns.names},
		.teaches_labels = true,
		.read_encoded = true};
}
