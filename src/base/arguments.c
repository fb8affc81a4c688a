/*
 * arguments.c: opens the arguments of a call of an SQL function by the names that the
 * function declares, and checks and converts them one by one.
 *
 * Names and types come from the function's row in pg_proc, once for each place that calls
 * it.  A superuser may declare a function of this library differently from the
 * extension's script.  So a parameter that is missing, has another type or is unknown is
 * an error before any work.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "base/arguments.h"

/* The input parameters that a function declares. */
typedef struct Parameters
{
	int n;
	char **names; /* "" for one without a name */
	Oid *types;
} Parameters;

/* fn_extra: the memory of a call site. */
typedef struct CallSite
{
	Parameters parameters;
	void *state; /* the function's own */
} CallSite;

struct GeArguments
{
	FunctionCallInfo fcinfo;
	const Parameters *parameters;
	bool read[FUNC_MAX_ARGS];
};

static Parameters
read_parameters(Oid function)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;
	Parameters result = {0};
	Datum names, modes;
	bool no_names, no_modes;
	char **found = NULL;
	int n_found = 0;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	names = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargnames, &no_names);
	modes = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargmodes, &no_modes);
	if (!no_names)
		n_found = get_func_input_arg_names(names, no_modes ? (Datum) 0 : modes, &found);
	result.n = form->pronargs;
	result.names = palloc_array(char *, result.n + 1);
	result.types = palloc_array(Oid, result.n + 1);
	for (int i = 0; i < result.n; i++)
	{
		result.names[i] = i < n_found && found[i] != NULL ? found[i] : "";
		result.types[i] = form->proargtypes.values[i];
	}
	ReleaseSysCache(tuple);
	return result;
}

static CallSite *
open_site(FunctionCallInfo fcinfo)
{
	CallSite *site = fcinfo->flinfo != NULL ? fcinfo->flinfo->fn_extra : NULL;
	MemoryContext caller;

	if (site != NULL)
		return site;
	if (fcinfo->flinfo == NULL)
		elog(ERROR, "an SQL function was called as no SQL function is");
	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	site = palloc0_object(CallSite);
	site->parameters = read_parameters(fcinfo->flinfo->fn_oid);
	fcinfo->flinfo->fn_extra = site;
	MemoryContextSwitchTo(caller);
	return site;
}

void **
ge_arguments_state(FunctionCallInfo fcinfo)
{
	return &open_site(fcinfo)->state;
}

GeArguments *
ge_arguments_open(FunctionCallInfo fcinfo)
{
	GeArguments *args = palloc0_object(GeArguments);

	args->fcinfo = fcinfo;
	args->parameters = &open_site(fcinfo)->parameters;
	if (fcinfo->nargs != args->parameters->n)
		elog(ERROR, "a call has %d arguments for %d parameters", fcinfo->nargs,
			 args->parameters->n);
	return args;
}

/* The place of a parameter; the number of parameters if there is none. */
static int
find_parameter(const Parameters *parameters, const char *name)
{
	int i = 0;

	while (i < parameters->n && strcmp(parameters->names[i], name) != 0)
		i++;
	return i;
}

int
ge_argument_position(Oid function, const char *name)
{
	Parameters parameters = read_parameters(function);
	int i = find_parameter(&parameters, name);

	return i < parameters.n ? i : -1;
}

bool
ge_arg_is_declared(const GeArguments *args, const char *name)
{
	return find_parameter(args->parameters, name) < args->parameters->n;
}

void
ge_arguments_done(const GeArguments *args)
{
	for (int i = 0; i < args->parameters->n; i++)
		if (!args->read[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					 errmsg("function %s has a parameter \"%s\" that is not known",
							format_procedure(args->fcinfo->flinfo->fn_oid),
							args->parameters->names[i]),
					 errhint("Declare functions of gpu_encode by CREATE EXTENSION.")));
}

/*
 * The place of an argument of one type, or of any, which is read now.  Each argument is
 * read once.
 */
static int
take(GeArguments *args, const char *name, Oid type)
{
	int i = find_parameter(args->parameters, name);

	if (i == args->parameters->n ||
		(type != ANYOID && args->parameters->types[i] != type))
		ereport(ERROR, (errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
						errmsg("function %s has no parameter \"%s\" of type %s",
							   format_procedure(args->fcinfo->flinfo->fn_oid), name,
							   format_type_be(type)),
						errhint("Declare functions of gpu_encode by CREATE EXTENSION.")));
	if (args->read[i])
		elog(ERROR, "argument \"%s\" is read twice", name);
	args->read[i] = true;
	return i;
}

void
ge_arg_refuse_null(const char *name)
{
	ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					errmsg("argument \"%s\" must not be null", name)));
}

bool
ge_arg_given(GeArguments *args, const char *name, Oid type, Datum *value)
{
	int i = take(args, name, type);

	*value = args->fcinfo->args[i].value;
	return !args->fcinfo->args[i].isnull;
}

/* An argument for which NULL means nothing. */
static Datum
get_value(GeArguments *args, const char *name, Oid type)
{
	Datum value;

	if (!ge_arg_given(args, name, type, &value))
		ge_arg_refuse_null(name);
	return value;
}

bool
ge_arg_bool(GeArguments *args, const char *name)
{
	return DatumGetBool(get_value(args, name, BOOLOID));
}

int32
ge_arg_int32(GeArguments *args, const char *name)
{
	return DatumGetInt32(get_value(args, name, INT4OID));
}

bool
ge_arg_int32_given(GeArguments *args, const char *name, int32 *value)
{
	Datum datum;
	bool given = ge_arg_given(args, name, INT4OID, &datum);

	*value = given ? DatumGetInt32(datum) : 0;
	return given;
}

int64
ge_arg_int64(GeArguments *args, const char *name)
{
	return DatumGetInt64(get_value(args, name, INT8OID));
}

bool
ge_arg_int64_given(GeArguments *args, const char *name, int64 *value)
{
	Datum datum;
	bool given = ge_arg_given(args, name, INT8OID, &datum);

	*value = given ? DatumGetInt64(datum) : 0;
	return given;
}

Oid
ge_arg_regclass(GeArguments *args, const char *name)
{
	return DatumGetObjectId(get_value(args, name, REGCLASSOID));
}

GeRelationRef
ge_arg_relation(GeArguments *args, const char *name)
{
	return ge_relation_ref(ge_arg_regclass(args, name));
}

bool
ge_arg_relation_given(GeArguments *args, const char *name, GeRelationRef *relation)
{
	Datum value;
	bool given = ge_arg_given(args, name, REGCLASSOID, &value);

	if (given)
		*relation = ge_relation_ref(DatumGetObjectId(value));
	return given;
}

char *
ge_arg_text(GeArguments *args, const char *name)
{
	return TextDatumGetCString(get_value(args, name, TEXTOID));
}

char *
ge_arg_text_or_null(GeArguments *args, const char *name)
{
	Datum value;

	return ge_arg_given(args, name, TEXTOID, &value) ? TextDatumGetCString(value) : NULL;
}

Jsonb *
ge_arg_jsonb_or_null(GeArguments *args, const char *name)
{
	Datum value;

	return ge_arg_given(args, name, JSONBOID, &value) ? DatumGetJsonbP(value) : NULL;
}

ArrayType *
ge_arg_text_array(GeArguments *args, const char *name)
{
	return DatumGetArrayTypeP(get_value(args, name, TEXTARRAYOID));
}

bool
ge_arg_any(GeArguments *args, const char *name, Datum *value, Oid *type)
{
	int i = take(args, name, ANYELEMENTOID);

	*type = get_fn_expr_argtype(args->fcinfo->flinfo, i);
	*value = args->fcinfo->args[i].value;
	return !args->fcinfo->args[i].isnull;
}
