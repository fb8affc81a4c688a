/*
 * type_name.c: the types that the parameters of an encoder name.
 *
 * Anybody may have written the names.  PostgreSQL's parser reads them; what it cannot read
 * is damage of the encoder.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "parser/parse_type.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "base/compat.h"
#include "base/shown.h"
#include "encoder/load.h"

GE_NORETURN static void
refuse_type(const GeTypeName *name)
{
	ge_encoder_damaged(
		name->encoder,
		psprintf("The type of its %s \"%s\" is \"%s\", which no column has.", name->role,
				 ge_shown(name->name), ge_shown(name->type)));
}

/* Whether an error of the parser is about the text that it read. */
static bool
is_about_text(int code)
{
	int category = ERRCODE_TO_CATEGORY(code);

	return (category == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION &&
			code != ERRCODE_INSUFFICIENT_PRIVILEGE) ||
		   category == ERRCODE_DATA_EXCEPTION || code == ERRCODE_FEATURE_NOT_SUPPORTED;
}

/* InvalidOid if there is no such type.  Errors of the parser become others. */
static void
parse(const GeTypeName *name, Oid *type, int32 *typmod)
{
	MemoryContext caller = CurrentMemoryContext;

	PG_TRY();
	{
		ge_parse_type_string(name->type, type, typmod);
	}
	PG_CATCH();
	{
		if (!is_about_text(geterrcode()))
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		refuse_type(name);
	}
	PG_END_TRY();
}

void
ge_encoder_parse_type(const GeTypeName *name, Oid *type, int32 *typmod)
{
	parse(name, type, typmod);
	if (!OidIsValid(*type))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("encoder %s needs type %s, which does not exist",
							   name->encoder, ge_shown(name->type)),
						errdetail("Its %s \"%s\" has that type.", name->role,
								  ge_shown(name->name))));
	if (get_typtype(*type) == TYPTYPE_PSEUDO)
		refuse_type(name);
}

char
ge_encoder_kind_of_type(Oid type)
{
	char kind = TYPTYPE_DOMAIN;

	while (kind == TYPTYPE_DOMAIN)
	{
		HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
		Form_pg_type form;

		if (!HeapTupleIsValid(tuple))
			return '\0';
		form = (Form_pg_type) GETSTRUCT(tuple);
		kind = form->typtype;
		type = form->typbasetype;
		ReleaseSysCache(tuple);
	}
	return kind;
}
