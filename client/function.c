/*
 * function.c: the parameters of an SQL function, from the catalog of the server.
 *
 * Only a function of the extension is called: anybody with the right to create a schema
 * may have laid another of its name.
 */
#include "client.h"

static const char parameters_sql[] =
	"SELECT p.proargnames[i], pg_catalog.format_type(p.proargtypes[i - 1], NULL),"
	" pg_catalog.pg_get_function_arg_default(p.oid, i),"
	" pg_catalog.obj_description(p.oid, 'pg_proc')"
	" FROM pg_catalog.pg_proc p"
	" JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace"
	" JOIN pg_catalog.pg_depend d ON d.objid OPERATOR(pg_catalog.=) p.oid"
	" AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass"
	" AND d.deptype OPERATOR(pg_catalog.=) 'e'"
	" JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid"
	" AND e.extname OPERATOR(pg_catalog.=) 'gpu_encode'"
	" AND d.refclassid OPERATOR(pg_catalog.=)"
	" 'pg_catalog.pg_extension'::pg_catalog.regclass"
	" CROSS JOIN pg_catalog.generate_series(1, p.pronargs) i"
	" WHERE n.nspname OPERATOR(pg_catalog.=) 'gpu_encode'"
	" AND p.proname OPERATOR(pg_catalog.=) $1"
	" ORDER BY i";

static void __attribute__((noreturn)) leave_without(PGconn *connection, const char *name)
{
	PGresult *extension =
		client_query(connection,
					 "SELECT extversion FROM pg_catalog.pg_extension"
					 " WHERE extname OPERATOR(pg_catalog.=) 'gpu_encode'",
					 0, NULL);

	if (PQntuples(extension) == 0)
		leave(EXIT_REFUSED,
			  "database \"%s\" does not have the extension; CREATE EXTENSION gpu_encode "
			  "installs it",
			  PQdb(connection));
	leave(EXIT_REFUSED, "gpu_encode %s of this server has no function %s()",
		  PQgetvalue(extension, 0, 0), name);
}

Function *
function_read(PGconn *connection, const char *name)
{
	Function *function = pg_malloc0(sizeof *function);
	PGresult *rows = client_query(connection, parameters_sql, 1, &name);

	if (PQntuples(rows) == 0)
		leave_without(connection, name);
	function->name = name;
	function->n_parameters = PQntuples(rows);
	function->parameters = pg_malloc(sizeof(Parameter) * function->n_parameters);
	for (int i = 0; i < function->n_parameters; i++)
		function->parameters[i] = (Parameter){
			.name = PQgetvalue(rows, i, 0),
			.type = PQgetvalue(rows, i, 1),
			.default_value = PQgetisnull(rows, i, 2) ? NULL : PQgetvalue(rows, i, 2),
		};
	if (!PQgetisnull(rows, 0, 3))
		function->comment = PQgetvalue(rows, 0, 3);
	/* the texts are those of the result, which lives as long as the command */
	return function;
}

const Parameter *
function_parameter(const Function *function, const char *name)
{
	for (int i = 0; i < function->n_parameters; i++)
		if (strcmp(function->parameters[i].name, name) == 0)
			return &function->parameters[i];
	return NULL;
}
