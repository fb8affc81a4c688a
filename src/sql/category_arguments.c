/*
 * category_arguments.c: options about categories: which are rare, the order of their codes,
 * and what an unknown one gets.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "sql/category_arguments.h"

void
ge_read_min_frequency(GeArguments *args, const char *name, void *field)
{
	Datum given;

	if (ge_arg_given(args, name, FLOAT8OID, &given))
		*(double *) field = ge_min_frequency_check(DatumGetFloat8(given));
}

void
ge_read_max_categories(GeArguments *args, const char *name, void *field)
{
	int32 given;

	if (ge_arg_int32_given(args, name, &given))
		*(int32 *) field = ge_max_categories_check(given);
}

void
ge_read_label_order(GeArguments *args, const char *name, void *field)
{
	*(GeLabelOrder *) field = ge_arg_choice(args, name, ge_label_order_words);
}

void
ge_read_codes_from(GeArguments *args, const char *name, void *field)
{
	GeJobOptions *options = field;

	options->has_codes_from = ge_arg_relation_given(args, name, &options->codes_from);
}

GeUnknown
ge_arg_unknown(GeArguments *args, int32 *unknown_value)
{
	bool given = ge_arg_int32_given(args, "unknown_value", unknown_value);
	GeUnknown unknown = ge_arg_choice(args, "handle_unknown", ge_unknown_words);

	ge_unknown_check(unknown, given);
	return unknown;
}

void
ge_read_unknown(GeArguments *args, const char *name, void *field)
{
	GeColumnOptions *options = field;

	options->handle_unknown = ge_arg_unknown(args, &options->unknown_value);
	options->has_unknown_value = options->handle_unknown == GE_UNKNOWN_VALUE;
}
