/*
 * alike.c: whether two encoders can be counted together.
 *
 * Their parameters are compared field by field, but for those that say what rows the
 * encoders saw.  So an option that is added to the parameters is compared, too.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/shown.h"
#include "encoder/grow.h"
#include "encoder/json.h"
#include "encoder/load.h"

/* Fields that follow from the rows, whatever object they are in. */
static const char *const of_rows[] = {"fitted_at",		 "source",	   "source_oid",
									  "source_database", "rows",	   "encoder_id",
									  "codes",			 "categories", "infrequent",
									  "pos_label",		 "other_label"};

/* Those that tell categories apart alike may differ. */
static bool
is_type_of_column(const char *of, const char *name)
{
	return strncmp(of, "column ", strlen("column ")) == 0 && strcmp(name, "type") == 0;
}

/* Shown before a difference. */
#define CONTEXT_BYTES 24

typedef struct Comparison
{
	GeEncoder *a;
	GeEncoder *b;
} Comparison;

/* A value in both; NULL: it is not there.  It is a field `name` of `of`; empty: of all. */
typedef struct Pair
{
	const char *name;
	const char *of;
	JsonbValue *a;
	JsonbValue *b;
} Pair;

static bool
is_of_rows(const char *name)
{
	for (int i = 0; i < lengthof(of_rows); i++)
		if (strcmp(of_rows[i], name) == 0)
			return true;
	return false;
}

static char *
text_of(const JsonbValue *string)
{
	return pnstrdup(string->val.string.val, string->val.string.len);
}

static JsonbValue *
find(JsonbContainer *object, const char *name)
{
	return getKeyJsonValueFromContainer(object, name, (int) strlen(name), NULL);
}

/* As JSON. */
static char *
print(JsonbValue *value)
{
	Jsonb *jsonb;

	if (value == NULL)
		return "nothing";
	jsonb = JsonbValueToJsonb(value);
	return JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
}

/* A text from a little before its first byte that differs from another one's. */
static const char *
show_difference(const char *shown, const char *other)
{
	const char *at = shown, *from = shown;

	while (*at != '\0' && *at == other[at - shown])
		at++;
	while (at - from > CONTEXT_BYTES)
		from += pg_mblen(from);
	return psprintf("%s%s", from == shown ? "" : "...", ge_shown(from));
}

GE_NORETURN static void
refuse_with(const Comparison *comparison, Pair pair, const char *a, const char *b)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("encoders %s and %s differ in \"%s\"%s%s",
						   ge_encoder_name(comparison->a), ge_encoder_name(comparison->b),
						   pair.name, *pair.of == '\0' ? "" : " of ", pair.of),
					errdetail_internal("The first has %s, the second %s.", a, b),
					errhint("Fit both with equal columns, targets and options.")));
}

GE_NORETURN static void
refuse(const Comparison *comparison, Pair pair)
{
	const char *a = print(pair.a), *b = print(pair.b);

	refuse_with(comparison, pair, show_difference(a, b), show_difference(b, a));
}

static bool
is_container(const JsonbValue *value, bool object)
{
	return value != NULL && value->type == jbvBinary &&
		   JsonContainerIsObject(value->val.binary.data) == object;
}

/* The name that an object has; NULL: none. */
static const char *
name_of(const JsonbValue *element)
{
	JsonbValue *name = NULL;

	if (is_container(element, true))
	{
		name = find(element->val.binary.data, "name");
		if (name == NULL)
			name = find(element->val.binary.data, "column");
	}
	return name != NULL && name->type == jbvString ? text_of(name) : NULL;
}

/*
 * An element of a list, such as column "city": by the name that the object has, else by its
 * place.
 */
static char *
describe_element(Pair list, JsonbValue *element, uint32 i)
{
	const char *name = name_of(element);
	char *noun = pnstrdup(list.name, strlen(list.name) - 1), *which;

	which = name != NULL ? psprintf("%s \"%s\"", noun, ge_shown(name))
						 : psprintf("%s %u", noun, i + 1);
	return *list.of == '\0' ? which : psprintf("%s of %s", which, list.of);
}

static bool
are_equal(JsonbValue *a, JsonbValue *b)
{
	return strcmp(print(a), print(b)) == 0;
}

static void compare(const Comparison *comparison, Pair pair);

/* Fields of `from` in both. */
static void
compare_fields(const Comparison *comparison, const char *of, JsonbContainer *from,
			   JsonbContainer *a, JsonbContainer *b)
{
	JsonbIterator *iterator = JsonbIteratorInit(from);
	JsonbValue field;

	(void) JsonbIteratorNext(&iterator, &field, true);
	while (JsonbIteratorNext(&iterator, &field, true) == WJB_KEY)
	{
		char *name = text_of(&field);

		(void) JsonbIteratorNext(&iterator, &field, true);
		if (!is_of_rows(name) && !is_type_of_column(of, name))
			compare(comparison, (Pair){name, of, find(a, name), find(b, name)});
	}
}

static void
compare_objects(const Comparison *comparison, const char *of, JsonbValue *a,
				JsonbValue *b)
{
	JsonbContainer *in_a = a->val.binary.data, *in_b = b->val.binary.data;

	compare_fields(comparison, of, in_a, in_a, in_b);
	compare_fields(comparison, of, in_b, in_a, in_b);
}

/* The names of a list's elements; NULL: not all have one. */
static char *
names_of_list(JsonbContainer *list)
{
	uint32 n = JsonContainerSize(list), n_given = Min(n, GE_SHOWN_VALUES);
	char *names[GE_SHOWN_VALUES];
	StringInfoData shown;

	for (uint32 i = 0; i < n_given; i++)
	{
		names[i] = unconstify(char *, name_of(getIthJsonbValueFromContainer(list, i)));
		if (names[i] == NULL)
			return NULL;
	}
	initStringInfo(&shown);
	if (n == 0)
		appendStringInfoString(&shown, "none");
	ge_append_shown(&shown, names, n_given, n);
	return shown.data;
}

/* Lists of other elements, by their names where they have names. */
static void
check_names(const Comparison *comparison, Pair pair, JsonbContainer *a, JsonbContainer *b)
{
	const char *in_a = names_of_list(a), *in_b = names_of_list(b);

	if (in_a != NULL && in_b != NULL && strcmp(in_a, in_b) != 0)
		refuse_with(comparison, pair, in_a, in_b);
	if (JsonContainerSize(a) != JsonContainerSize(b))
		refuse(comparison, pair);
}

static void
compare_lists(const Comparison *comparison, Pair pair)
{
	JsonbContainer *a = pair.a->val.binary.data, *b = pair.b->val.binary.data;
	uint32 n = JsonContainerSize(a);

	check_names(comparison, pair, a, b);
	for (uint32 i = 0; i < n; i++)
	{
		JsonbValue *in_a = getIthJsonbValueFromContainer(a, i),
				   *in_b = getIthJsonbValueFromContainer(b, i);

		if (is_container(in_a, true) && is_container(in_b, true))
			compare_objects(comparison, describe_element(pair, in_a, i), in_a, in_b);
		else if (!are_equal(in_a, in_b))
			refuse(comparison, pair);
	}
}

static void
compare(const Comparison *comparison, Pair pair)
{
	check_stack_depth();
	if (is_container(pair.a, false) && is_container(pair.b, false))
		compare_lists(comparison, pair);
	else if (!are_equal(pair.a, pair.b))
		refuse(comparison, pair);
}

/* The merged encoder has the first type, which must hold all categories of the second. */
static bool
holds_categories(Oid first, Oid second)
{
	Oid base_type = getBaseType(first);

	return first == second || ((base_type == TEXTOID || base_type == VARCHAROID) &&
							   ge_types_mean_the_same(first, second));
}

static void
check_types_of_columns(const Comparison *comparison)
{
	const GeEncoderParameters *in_a = comparison->a->parameters;

	for (int i = 0; i < in_a->n_columns; i++)
	{
		const GeEncoderColumn *a = &in_a->columns[i];
		const GeEncoderColumn *b =
			ge_encoder_find_column(comparison->b->parameters, a->name);

		if (b != NULL && !holds_categories(a->type, b->type))
			refuse_with(
				comparison,
				(Pair){"type", psprintf("column \"%s\"", ge_shown(a->name)), NULL, NULL},
				format_type_be(a->type), format_type_be(b->type));
	}
}

void
ge_encoders_check_alike(GeEncoder *a, GeEncoder *b)
{
	const Comparison comparison = {a, b};
	const Jsonb *in_a = ge_encoder_read_jsonb(&a->cursor, a->snapshot);
	const Jsonb *in_b = ge_encoder_read_jsonb(&b->cursor, b->snapshot);
	JsonbContainer *root_a = ge_json_root(in_a, ge_encoder_name(a)).container,
				   *root_b = ge_json_root(in_b, ge_encoder_name(b)).container;

	/* targets first: the names of outputs follow from their classes */
	compare(&comparison,
			(Pair){"targets", "", find(root_a, "targets"), find(root_b, "targets")});
	compare_fields(&comparison, "", root_a, root_a, root_b);
	compare_fields(&comparison, "", root_b, root_a, root_b);
	check_types_of_columns(&comparison);
}
