/*
 * log_warning.c: warns of secrets that the server's log may have.
 *
 * A text can write one value in many ways, such as 'a''b', E'\x61' and 'a' || 'b'.  So it
 * is not searched for the value alone: the expression of the argument tells whether the
 * value comes from the text.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/params.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parser.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/portal.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "s3/log_warning.h"

typedef enum Origin
{
	FROM_TEXT,
	FROM_PARAMETER,
	FROM_ELSEWHERE /* a file or a table, for example */
} Origin;

/* ------------------------------------------------------------------ what is logged */

/* A number among the settings of auto_explain, if that is loaded and has the setting. */
static int
auto_explain_setting(const char *name, int otherwise)
{
	const char *value = GetConfigOption(name, true, false);

	return value != NULL ? (int) strtol(value, NULL, 10) : otherwise;
}

/*
 * The statements of a text; NIL: it cannot be parsed, as when one of them changes
 * standard_conforming_strings.  The parser of texts takes nothing but memory, so that an
 * error of it may be dropped.
 */
static List *
parse(const char *query)
{
	MemoryContext caller = CurrentMemoryContext;
	List *volatile statements = NIL;

	PG_TRY();
	{
		statements = raw_parser(query, RAW_PARSE_DEFAULT);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		FlushErrorState();
	}
	PG_END_TRY();
	return statements;
}

/* The client's text is logged whole if one of its statements is of log_statement's kind. */
static bool
is_logged_by_kind(void)
{
	List *statements;
	ListCell *cell;

	if (log_statement == LOGSTMT_NONE || log_statement == LOGSTMT_ALL ||
		debug_query_string == NULL)
		return log_statement == LOGSTMT_ALL;
	statements = parse(debug_query_string);
	foreach (cell, statements)
		if (GetCommandLogLevel(lfirst_node(RawStmt, cell)->stmt) <= log_statement)
			return true;
	return statements == NIL;
}

static bool
is_logged(void)
{
	return is_logged_by_kind() || log_min_duration_statement >= 0 ||
		   (log_min_duration_sample >= 0 && log_statement_sample_rate > 0) ||
		   log_xact_sample_rate > 0;
}

/* auto_explain writes the text, too, and from PostgreSQL 16 on the parameters. */
static bool
is_explained(void)
{
	return auto_explain_setting("auto_explain.log_min_duration", -1) >= 0;
}

/* Messages of level LOG are output with this setting of a level. */
static bool
has_log(int level)
{
	return level == LOG || level <= ERROR;
}

/* Trees have the constants of a statement, as bytes. */
static bool
is_tree_printed(void)
{
	return (Debug_print_parse || Debug_print_rewritten || Debug_print_plan) &&
		   has_log(log_min_messages);
}

/* This tree also has its parameters. */
static bool
is_plan_printed(void)
{
	return Debug_print_plan && has_log(log_min_messages);
}

/* Messages of the log about any statement, which end in its text. */
static bool
is_traced(void)
{
	bool is_measured = log_statement_stats || log_parser_stats || log_planner_stats ||
					   log_executor_stats;
	bool is_debugged = log_min_messages < LOG && log_min_error_statement < LOG;

	return is_debugged ||
		   (((is_measured && has_log(log_min_messages)) || is_tree_printed()) &&
			has_log(log_min_error_statement));
}

static bool
is_text_logged(void)
{
	return is_logged() || is_explained() || is_traced() || is_tree_printed();
}

/* The log has the bound parameters too, unless a setting prevents it. */
static bool
are_parameters_logged(void)
{
	return (is_logged() && log_parameter_max_length != 0) ||
		   (is_traced() && log_parameter_max_length_on_error != 0) ||
		   (is_explained() &&
			auto_explain_setting("auto_explain.log_parameter_max_length", 0) != 0) ||
		   is_plan_printed();
}

/* --------------------------------------------------------------- where a value is from */

/*
 * What the client has bound; NULL: nothing.  EXECUTE of SQL has parameters too, but their
 * values are in its text: it runs a text that the client sent before.
 */
static ParamListInfo
bound_parameters(void)
{
	ParamListInfo params = ActivePortal != NULL ? ActivePortal->portalParams : NULL;

	if (params == NULL || params->numParams == 0 || debug_query_string == NULL ||
		strcmp(debug_query_string, ActivePortal->sourceText) != 0)
		return NULL;
	return params;
}

/* One of the bound parameters has this value.  A plan for them has them as constants. */
static bool
is_bound(ParamListInfo params, const char *value)
{
	for (int i = 0; i < params->numParams; i++)
	{
		ParamExternData room;
		const ParamExternData *param =
			params->paramFetch != NULL ? params->paramFetch(params, i + 1, false, &room)
									   : &params->params[i];

		if (!param->isnull && (param->ptype == TEXTOID || param->ptype == VARCHAROID) &&
			strcmp(TextDatumGetCString(param->value), value) == 0)
			return true;
	}
	return false;
}

static bool
has_parameter(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param) && ((Param *) node)->paramkind == PARAM_EXTERN)
		return true;
	return expression_tree_walker(node, has_parameter, context);
}

/* The value is that of a row, or of a query within the statement. */
static bool
has_row(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var) || IsA(node, SubPlan) ||
		(IsA(node, Param) && ((Param *) node)->paramkind != PARAM_EXTERN))
		return true;
	return expression_tree_walker(node, has_row, context);
}

/* Rows of the statement that runs can be others than those that its text lists. */
static bool
has_rows_of_others(void)
{
	ListCell *statement;
	ListCell *entry;

	if (ActivePortal == NULL)
		return true;
	foreach (statement, ActivePortal->stmts)
		foreach (entry, lfirst_node(PlannedStmt, statement)->rtable)
		{
			RTEKind kind = lfirst_node(RangeTblEntry, entry)->rtekind;

			if (kind == RTE_RELATION || kind == RTE_FUNCTION || kind == RTE_TABLEFUNC)
				return true;
		}
	return false;
}

static Origin
origin_of(FunctionCallInfo fcinfo, const char *argument, const char *value)
{
	ParamListInfo params = bound_parameters();
	int position = ge_argument_position(fcinfo->flinfo->fn_oid, argument);
	Node *call = fcinfo->flinfo->fn_expr;
	Node *given;

	if (call == NULL || !IsA(call, FuncExpr)) /* a call without a text */
		return FROM_ELSEWHERE;
	given = list_nth(((FuncExpr *) call)->args, position);
	if (params != NULL && (is_bound(params, value) || has_parameter(given, NULL)))
		return FROM_PARAMETER;
	if (contain_volatile_functions(given) ||
		(has_row(given, NULL) && has_rows_of_others()))
		return FROM_ELSEWHERE;
	return FROM_TEXT;
}

/* -------------------------------------------------------------------------- warnings */

void
ge_warn_of_log(FunctionCallInfo fcinfo, const char *argument, const char *what,
			   const char *value)
{
	Origin origin = origin_of(fcinfo, argument, value);
	bool is_seen =
		debug_query_string != NULL && strstr(debug_query_string, value) != NULL;
	/* a plan may have variables of a function as constants, too */
	bool in_text = is_seen || origin == FROM_TEXT;

	if (in_text ? !is_text_logged()
				: bound_parameters() == NULL || !are_parameters_logged())
		return;
	ereport(WARNING, errmsg("%s may now be in the server's log", what),
			is_seen	  ? errdetail("The statement is logged, and has it in its text.")
			: in_text ? errdetail("The statement is logged, and may have it in its text.")
					  : errdetail("The statement is logged with its parameters."),
			in_text
				? errhint("Give it as a parameter, with log_parameter_max_length = 0.")
				: errhint("A superuser can set log_parameter_max_length, "
						  "log_parameter_max_length_on_error and "
						  "auto_explain.log_parameter_max_length to 0. "
						  "debug_print_plan must be off."));
}
