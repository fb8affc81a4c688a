/*
 * guards.c: figures held against their limits.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "base/run_log.h"
#include "base/shown.h"
#include "encoder/guards.h"

const GeGuardKind ge_guard_kinds[GE_N_GUARDS] = {
	[GE_GUARD_MIN_ROWS] = {.name = "min_rows", .is_count = true},
	[GE_GUARD_MAX_MISSING] = {.name = "max_missing", .is_share = true},
	[GE_GUARD_MAX_UNKNOWN] = {.name = "max_unknown", .is_share = true},
	[GE_GUARD_MAX_NEW_CATEGORIES] = {.name = "max_new_categories", .is_count = true},
	[GE_GUARD_MAX_VANISHED] = {.name = "max_vanished", .is_share = true},
	[GE_GUARD_MAX_PRIOR_CHANGE] = {.name = "max_prior_change"},
	[GE_GUARD_MAX_PSI] = {.name = "max_psi"},
};

bool
ge_guards_compare(const GeGuards *guards)
{
	return guards->is_set[GE_GUARD_MAX_PRIOR_CHANGE] || ge_guards_count(guards);
}

bool
ge_guards_count(const GeGuards *guards)
{
	return guards->is_set[GE_GUARD_MAX_NEW_CATEGORIES] ||
		   guards->is_set[GE_GUARD_MAX_VANISHED] || guards->is_set[GE_GUARD_MAX_PSI];
}

void
ge_guard_raise(GeGuardFigure *worst, GeGuardFigure figure)
{
	if (worst->column == NULL && worst->target == NULL ? figure.value >= worst->value
													   : figure.value > worst->value)
		*worst = figure;
}

void
ge_guards_raise_by_drift(GeGuardFigures *worst, const GeDriftFigures *drift,
						 const char *column)
{
	GeGuardFigure figure = {.column = column};

	figure.value = (double) drift->lone_categories[GE_DRIFT_AFTER];
	ge_guard_raise(&worst->of[GE_GUARD_MAX_NEW_CATEGORIES], figure);
	figure.value = ge_drift_lone_share(drift, GE_DRIFT_BEFORE);
	ge_guard_raise(&worst->of[GE_GUARD_MAX_VANISHED], figure);
	figure.value = drift->psi;
	ge_guard_raise(&worst->of[GE_GUARD_MAX_PSI], figure);
}

static bool
is_met(const GeGuards *guards, const GeGuardFigures *figures, GeGuard guard)
{
	double value = figures->of[guard].value, limit = guards->limits[guard];

	return guard == GE_GUARD_MIN_ROWS ? value >= limit : value <= limit;
}

/* A figure or limit, as JSON and as users read it. */
static char *
number_text(GeGuard guard, double value)
{
	if (ge_guard_kinds[guard].is_count)
		return psprintf("%.0f", value);
	return DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(value)));
}

/* --------------------------------------------------------------------- the answer */

static void
append_string(StringInfo json, const char *field, const char *string)
{
	if (string == NULL)
		return;
	appendStringInfo(json, ", \"%s\": ", field);
	escape_json(json, string);
}

/* The guards that are set, all of them met. */
static Datum
checks_of(const GeGuards *guards, const GeGuardFigures *figures)
{
	StringInfoData json;
	bool first = true;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int guard = 0; guard < GE_N_GUARDS; guard++)
	{
		const GeGuardFigure *figure = &figures->of[guard];

		if (!guards->is_set[guard])
			continue;
		appendStringInfo(&json, "%s\"%s\": {\"limit\": %s, \"value\": %s, \"met\": true",
						 first ? "" : ", ", ge_guard_kinds[guard].name,
						 number_text(guard, guards->limits[guard]),
						 number_text(guard, figure->value));
		append_string(&json, "column", figure->column);
		append_string(&json, "target", figure->target);
		append_string(&json, "class", figure->class);
		append_string(&json, "source", figure->source);
		appendStringInfoChar(&json, '}');
		first = false;
	}
	appendStringInfoChar(&json, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* -------------------------------------------------------------- the log, the error */

static void
append_place(StringInfo line, const char *what, const char *name)
{
	if (name != NULL)
		appendStringInfo(line, ", %s \"%s\"", what, ge_shown(name));
}

/* A line for every guard that is set, with a separator between two. */
static char *
figures_text(const GeGuards *guards, const GeGuardFigures *figures, const char *separator)
{
	StringInfoData lines;

	initStringInfo(&lines);
	for (int guard = 0; guard < GE_N_GUARDS; guard++)
	{
		const GeGuardFigure *figure = &figures->of[guard];

		if (!guards->is_set[guard])
			continue;
		appendStringInfo(&lines, "%s%s: %s, limit %s", lines.len > 0 ? separator : "",
						 ge_guard_kinds[guard].name, number_text(guard, figure->value),
						 number_text(guard, guards->limits[guard]));
		append_place(&lines, "column", figure->column);
		append_place(&lines, "target", figure->target);
		append_place(&lines, "class", figure->class);
		if (figure->source != NULL)
			appendStringInfo(&lines, " of %s", figure->source);
		if (!is_met(guards, figures, guard))
			appendStringInfoString(&lines, " (not met)");
	}
	return lines.data;
}

GE_NORETURN static void
stop_run(const GeGuards *guards, const GeGuardFigures *figures)
{
	StringInfoData names;
	int n = 0;

	initStringInfo(&names);
	for (int guard = 0; guard < GE_N_GUARDS; guard++)
		if (guards->is_set[guard] && !is_met(guards, figures, guard))
			appendStringInfo(&names, "%s%s", n++ > 0 ? ", " : "",
							 ge_guard_kinds[guard].name);
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("guard%s stopped the run: %s", n == 1 ? "" : "s", names.data),
			 errdetail_internal("%s", figures_text(guards, figures, "\n")),
			 errhint("Nothing was written or replaced. If the data are right, raise the "
					 "limit, or run once without the guard.")));
}

Datum
ge_guards_settle(const GeGuards *guards, const GeGuardFigures *figures, uint64 n_rows,
				 const char *before)
{
	int nest = ge_text_form_begin(); /* numbers have all their digits */
	Datum checks;

	ge_stage_end("guards", (int64) n_rows, -1, "", "%s%s%s",
				 figures_text(guards, figures, "; "),
				 before == NULL ? "" : "; compared with ", before == NULL ? "" : before);
	for (int guard = 0; guard < GE_N_GUARDS; guard++)
		if (guards->is_set[guard] && !is_met(guards, figures, guard))
			stop_run(guards, figures);
	checks = checks_of(guards, figures);
	ge_text_form_end(nest);
	return checks;
}

/* ----------------------------------------------------------------- before any work */

/* The first guard that compares. */
static const char *
comparing_guard(const GeGuards *guards)
{
	for (int guard = GE_GUARD_MAX_NEW_CATEGORIES; guard < GE_N_GUARDS; guard++)
		if (guards->is_set[guard])
			return ge_guard_kinds[guard].name;
	return NULL;
}

static void
refuse_guard(const char *name, const char *detail, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("guard \"%s\" has nothing to compare with", name),
					errdetail_internal("%s", detail), errhint("%s", hint)));
}

void
ge_guards_require(const GeJobOptions *options, const GeEncoder *before)
{
	const GeGuards *guards = &options->guards;
	bool of_priors = guards->is_set[GE_GUARD_MAX_PRIOR_CHANGE];

	if (!ge_guards_compare(guards))
		return;
	if (before == NULL)
		refuse_guard(comparing_guard(guards),
					 "There is no codes_from, and no encoder is replaced.",
					 "Give codes_from, or replace => true with an encoder that is there; "
					 "the first run goes without this guard.");
	if (of_priors && options->is_transform)
		refuse_guard("max_prior_change", "transform reads no target.",
					 "Give the guard to the next fit.");
	if (of_priors && options->targets.n == 0)
		refuse_guard("max_prior_change", "The call has no target.",
					 "Leave the guard out.");
	if (of_priors && ge_encoder_parameters(before)->n_targets == 0)
		refuse_guard(
			"max_prior_change",
			psprintf("Encoder %s was fitted without a target.", ge_encoder_name(before)),
			"Leave the guard out once.");
}
