/*
 * spread_sql.c: the text of the INSERT that fills an output where its source lies.
 *
 * Every part (job.h) is a left join by the texts of its columns, and by the fold.  Arrays of
 * texts are compared, because in them a NULL equals a NULL.  Names, operators and types are
 * qualified: other servers have other search paths.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "base/relation.h"
#include "job/group_results.h"
#include "job/grouped.h"
#include "output/spread_sql.h"

/* ------------------------------------------------------------------- the output columns */

/* The part that has the codes of a column, or an encoding. */
static int
find_part(const GeGroupPart *parts, int n, int column, int encoding)
{
	for (int i = 0; i < n; i++)
		if (column >= 0 ? parts[i].column == column : parts[i].encoding == encoding)
			return i;
	elog(ERROR, "no part has the results of an output column");
}

/* The condition is no constant, so that no planner evaluates the division. */
static void
append_result(StringInfo sql, int part, const char *result)
{
	appendStringInfo(
		sql,
		"CASE WHEN p%d.part IS NULL THEN 1 OPERATOR(pg_catalog./) (p%d.part IS "
		"NOT NULL)::pg_catalog.int4 ELSE %s END",
		part, part, result);
}

static void
append_field(StringInfo sql, const GeSpread *spread, int i, const GeGroupPart *parts,
			 int n)
{
	const GePlan *plan = spread->plan;
	const GeOutputField *field = &spread->layout->fields[i];
	int part, encoding;

	switch (field->kind)
	{
		case GE_FIELD_PASS:
			appendStringInfoString(
				sql,
				ge_group_column(plan->sources[spread->source].source, field->index + 1));
			break;
		case GE_FIELD_CODE:
			part = find_part(parts, n, field->index, -1);
			append_result(sql, part, psprintf("p%d.code", part));
			break;
		case GE_FIELD_ENCODING:
			encoding = plan->outputs[field->index].encoding;
			part = find_part(parts, n, -1, encoding);
			append_result(
				sql, part,
				psprintf("p%d.encodings[%d]::pg_catalog.%s", part,
						 field->index - plan->encodings[encoding].first_output + 1,
						 spread->layout->columns[i].type == FLOAT4OID ? "float4"
																	  : "float8"));
			break;
	}
}

/* ---------------------------------------------------------------------------- the joins */

/*
 * Groups are distinct, but planners take results without statistics for many rows of few
 * keys, and would sort all rows of the source.  DISTINCT says that they are.
 */
static void
append_join(StringInfo sql, const GeSpread *spread, const GeGroupPart *part, int number)
{
	const char *fold = part->has_fold ? ", g.fold" : "";

	appendStringInfo(
		sql,
		" LEFT JOIN (SELECT DISTINCT ON (g.keys%s) g.part, g.keys%s, g.code, "
		"g.encodings FROM %s WHERE g.part OPERATOR(pg_catalog.=) %d) AS p%d "
		"ON p%d.keys OPERATOR(pg_catalog.=) (ARRAY[",
		fold, fold, spread->results, number, number, number);
	for (int k = 0; k < part->n_texts; k++)
		appendStringInfo(sql, "%s%s", k == 0 ? "" : ", ",
						 ge_group_text(spread->plan, spread->source, part->columns[k]));
	appendStringInfoString(sql, "]::pg_catalog.text[] COLLATE pg_catalog.\"C\")");
	if (part->has_fold)
		appendStringInfo(sql, " AND p%d.fold OPERATOR(pg_catalog.=) %s", number,
						 ge_group_fold(spread->plan));
}

char *
ge_spread_insert(const GeSpread *spread)
{
	const GeOutputLayout *layout = spread->layout;
	const GeSource *source = spread->plan->sources[spread->source].source;
	int n;
	const GeGroupPart *parts =
		ge_plan_group_results(spread->plan, spread->source, spread->out_of_fold, &n);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s", ge_relation_name(spread->relid));
	for (int i = 0; i < layout->n_columns; i++)
		appendStringInfo(&sql, "%s%s", i == 0 ? " (" : ", ",
						 quote_identifier(layout->columns[i].name));
	appendStringInfoString(&sql, ") SELECT ");
	for (int i = 0; i < layout->n_columns; i++)
	{
		if (i > 0)
			appendStringInfoString(&sql, ", ");
		append_field(&sql, spread, i, parts, n);
	}
	appendStringInfo(&sql, " FROM %s AS r",
					 ge_relation_name(RelationGetRelid(ge_source_relation(source))));
	for (int i = 0; i < n; i++)
		append_join(&sql, spread, &parts[i], i);
	return sql.data;
}
