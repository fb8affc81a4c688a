/*
 * pulled.c: foreign tables whose rows travel, though they might be grouped.
 *
 * postgres_fdw sends functions of an extension to a server only if its option extensions
 * names the extension.
 */
#include "postgres.h"
#include "commands/defrem.h"
#include "foreign/foreign.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "source/pulled.h"

#define EXTENSION "gpu_encode"

/* The option extensions of a server; NULL: it has none. */
static char *
extensions_of(const ForeignServer *server)
{
	ListCell *cell;

	foreach (cell, server->options)
		if (strcmp(lfirst_node(DefElem, cell)->defname, "extensions") == 0)
			return defGetString(lfirst_node(DefElem, cell));
	return NULL;
}

static bool
names_extension(const char *extensions)
{
	List *names;
	ListCell *cell;

	if (extensions == NULL || !SplitIdentifierString(pstrdup(extensions), ',', &names))
		return false;
	foreach (cell, names)
		if (strcmp(lfirst(cell), EXTENSION) == 0)
			return true;
	return false;
}

static void
notice_option(const char *table, const ForeignServer *server, const char *extensions)
{
	char *value = extensions == NULL ? pstrdup(EXTENSION)
									 : psprintf("%s,%s", extensions, EXTENSION);

	ereport(NOTICE,
			(errmsg("the rows of foreign table \"%s\" are pulled", table),
			 errdetail("Option \"extensions\" of server \"%s\" does not name %s.",
					   server->servername, EXTENSION),
			 errhint("If the extension is there too: ALTER SERVER %s OPTIONS (%s "
					 "extensions %s).",
					 quote_identifier(server->servername),
					 extensions == NULL ? "ADD" : "SET", quote_literal_cstr(value))));
}

static void
notice_table(Oid relid)
{
	const ForeignServer *server = GetForeignServer(GetForeignTable(relid)->serverid);
	const ForeignDataWrapper *wrapper = GetForeignDataWrapper(server->fdwid);
	const char *table = get_rel_name(relid), *extensions = extensions_of(server);

	if (strcmp(wrapper->fdwname, "postgres_fdw") == 0 && !names_extension(extensions))
		notice_option(table, server, extensions);
	else
		ereport(NOTICE,
				(errmsg("the rows of foreign table \"%s\" are pulled", table),
				 errdetail("The planner does not let server \"%s\" group them, because "
						   "of the type of a column (a domain or an enum), or of costs.",
						   server->servername)));
}

bool
ge_notice_pulled(List *statements)
{
	List *pulled = NIL;
	ListCell *cell;
	bool any_grouped = statements == NIL;

	foreach (cell, statements)
	{
		int n_foreign;
		List *of_statement = ge_grouped_pulled(lfirst(cell), &n_foreign);

		any_grouped |= n_foreign == 0 || list_length(of_statement) < n_foreign;
		pulled = list_concat_unique_oid(pulled, of_statement);
	}
	foreach (cell, pulled)
		notice_table(lfirst_oid(cell));
	return any_grouped;
}
