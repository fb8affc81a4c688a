/*
 * category.c: which form of key the values of a type have.
 *
 * Checks that values of a type can be categories, and chooses the form of their keys.
 * Conversions are in keys.c and text.c.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/shown.h"
#include "category/internal.h"

/*
 * True for citext, for example.  An implicit cast to text without a function says that
 * the values are those of text; only a superuser can declare such a cast.
 */
static bool
is_stored_as_text(Oid base_type)
{
	return get_typtype(base_type) == TYPTYPE_BASE &&
		   IsBinaryCoercible(base_type, TEXTOID);
}

/* base_type is no domain. */
static GeCategoryForm
form_of_type(Oid base_type)
{
	switch (base_type)
	{
		case BOOLOID:
			return GE_FORM_BOOLEAN;
		case INT2OID:
			return GE_FORM_INT2;
		case INT4OID:
			return GE_FORM_INT4;
		case INT8OID:
			return GE_FORM_INT8;
		case OIDOID:
			return GE_FORM_OID;
		case DATEOID:
			return GE_FORM_DATE;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return GE_FORM_TIMESTAMP;
		case FLOAT4OID:
			return GE_FORM_FLOAT4;
		case FLOAT8OID:
			return GE_FORM_FLOAT8;
		case TEXTOID:
		case VARCHAROID:
			return GE_FORM_TEXT;
		case BPCHAROID:
			return GE_FORM_BPCHAR;
		case NAMEOID:
			return GE_FORM_NAME;
		case UUIDOID:
			return GE_FORM_UUID;
		case BYTEAOID:
			return GE_FORM_BYTEA;
		case INTERVALOID:
			return GE_FORM_INTERVAL;
		case NUMERICOID:
			return GE_FORM_NUMERIC;
		default:
			if (type_is_enum(base_type))
				return GE_FORM_ENUM;
			return is_stored_as_text(base_type) ? GE_FORM_TEXT : GE_FORM_OUTPUT;
	}
}

static bool
form_is_text_like(GeCategoryForm form)
{
	return form == GE_FORM_TEXT || form == GE_FORM_BPCHAR || form == GE_FORM_NAME ||
		   form == GE_FORM_ENUM;
}

/*
 * The type of the parts of base_type, whose output function that of base_type calls; or
 * InvalidOid.
 */
static Oid
part_of_type(Oid base_type)
{
	Oid part = get_element_type(base_type);

	if (!OidIsValid(part))
		part = get_range_subtype(base_type);
	if (!OidIsValid(part))
		part = get_multirange_range(base_type);
	return part;
}

/*
 * Whether text forms may be made in a parallel worker.  The output functions of arrays,
 * ranges and composite types are safe themselves but call those of their parts.
 */
static bool
output_is_parallel_safe(Oid type)
{
	Oid base_type = getBaseType(type);
	Oid output;
	Oid part;
	bool is_varlena;
	bool safe = true;

	check_stack_depth();
	getTypeOutputInfo(base_type, &output, &is_varlena);
	if (func_parallel(output) != PROPARALLEL_SAFE)
		return false;

	part = part_of_type(base_type);
	if (OidIsValid(part))
		return output_is_parallel_safe(part);

	if (get_typtype(base_type) == TYPTYPE_COMPOSITE)
	{
		TupleDesc row = lookup_rowtype_tupdesc(base_type, -1);

		for (int i = 0; i < row->natts && safe; i++)
		{
			if (!TupleDescAttr(row, i)->attisdropped)
				safe = output_is_parallel_safe(TupleDescAttr(row, i)->atttypid);
		}
		ReleaseTupleDesc(row);
	}
	return safe;
}

static void
refuse_pseudo_type(const char *column_name, Oid base_type)
{
	if (get_typtype(base_type) == TYPTYPE_PSEUDO)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" has pseudo-type %s, which cannot be encoded",
						ge_shown(column_name), format_type_be(base_type)),
				 errhint("Cast it to a type that a table column can have.")));
}

/*
 * Equality of keys is equality of bytes.  A nondeterministic collation has another
 * equality.
 */
static void
refuse_nondeterministic_collation(const char *column_name, Oid collation)
{
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		ereport(
			ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("column \"%s\" has the nondeterministic collation \"%s\", which is "
					"not supported",
					ge_shown(column_name), get_collation_name(collation)),
			 errdetail("Categories are told apart by their bytes, but this collation "
					   "takes different strings for equal."),
			 errhint("Use a view that gives the column COLLATE \"C\".")));
}

static void
set_null_value(GeCategoryType *category, const char *column_name, Oid type,
			   const char *null_value)
{
	if (!form_is_text_like(category->form))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("null_value does not apply to column \"%s\" of type %s",
						ge_shown(column_name), format_type_be(type)),
				 errdetail("A text can stand for NULL only in a column of type text, "
						   "varchar, char(n), name, citext or an enum."),
				 errhint("Use handle_missing => 'category' to give NULL a category of "
						 "its own.")));

	category->null_value = pstrdup(null_value);
	category->null_length = strlen(null_value);
	if (category->form == GE_FORM_BPCHAR)
	{
		category->null_length =
			bpchartruelen(category->null_value, (int) category->null_length);
		category->null_value[category->null_length] = '\0';
	}
	else if (category->form == GE_FORM_ENUM)
	{
		category->null_rank = ge_enum_rank_of_name(category->labels, null_value);
		if (category->null_rank < 0)
			category->null_rank = GE_ENUM_NULL_RANK;
	}
}

GeCategoryType *
ge_category_type_create(const char *column_name, Oid type, Oid collation,
						const char *null_value)
{
	GeCategoryType *category = palloc0(sizeof(GeCategoryType));
	Oid base_type;
	Oid function;

	base_type = getBaseType(type);
	refuse_pseudo_type(column_name, base_type);
	refuse_nondeterministic_collation(column_name, collation);

	category->base_type = base_type;
	category->form = form_of_type(base_type);
	/* types of users have one of these two forms, and are never read */
	if (category->form != GE_FORM_ENUM && category->form != GE_FORM_OUTPUT)
	{
		getTypeInputInfo(base_type, &function, &category->typioparam);
		fmgr_info(function, &category->input);
	}
	getTypeOutputInfo(base_type, &function, &category->output_is_varlena);
	fmgr_info(function, &category->output);
	category->parallel_safe =
		category->form != GE_FORM_OUTPUT || output_is_parallel_safe(base_type);

	if (category->form == GE_FORM_ENUM)
		category->labels = ge_enum_labels_load(base_type);
	if (null_value != NULL)
		set_null_value(category, column_name, type, null_value);
	return category;
}

/* Forms whose values are the same categories in another width or declared length. */
static GeCategoryForm
widest_form(GeCategoryForm form)
{
	return form == GE_FORM_INT2 || form == GE_FORM_INT4 ? GE_FORM_INT8 : form;
}

bool
ge_types_mean_the_same(Oid a, Oid b)
{
	GeCategoryForm form;

	a = getBaseType(a);
	b = getBaseType(b);
	form = widest_form(form_of_type(a));
	return a == b || (form == widest_form(form_of_type(b)) &&
					  (form == GE_FORM_INT8 || form == GE_FORM_TEXT));
}

bool
ge_type_is_text_like(Oid type)
{
	return form_is_text_like(form_of_type(getBaseType(type)));
}

bool
ge_type_has_natural_form(Oid type)
{
	Oid base_type = getBaseType(type);
	GeCategoryForm form = form_of_type(base_type);

	if (form == GE_FORM_TEXT)
		return base_type == TEXTOID || base_type == VARCHAROID;
	return form != GE_FORM_OUTPUT;
}

bool
ge_type_is_number(Oid type)
{
	switch (form_of_type(getBaseType(type)))
	{
		case GE_FORM_INT2:
		case GE_FORM_INT4:
		case GE_FORM_INT8:
		case GE_FORM_OID:
		case GE_FORM_FLOAT4:
		case GE_FORM_FLOAT8:
		case GE_FORM_NUMERIC:
			return true;
		default:
			return false;
	}
}

GeKeyKind
ge_category_key_kind(const GeCategoryType *category)
{
	return category->form <= GE_FORM_LAST_INT64 ? GE_KEY_INT64 : GE_KEY_BYTES;
}

bool
ge_category_is_text_like(const GeCategoryType *category)
{
	return form_is_text_like(category->form);
}

bool
ge_category_key_is_value(const GeCategoryType *category)
{
	return (category->form == GE_FORM_TEXT || category->form == GE_FORM_BYTEA) &&
		   category->null_value == NULL;
}

bool
ge_category_parallel_safe(const GeCategoryType *category)
{
	return category->parallel_safe &&
		   (category->form != GE_FORM_ENUM ||
			ge_enum_labels_are_current(category->labels, category->base_type));
}
