/*
 * arguments_lists.c: arguments that are lists, or a word out of a list.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

#include "base/arguments.h"
#include "base/shown.h"
#include "base/words.h"

/* The elements of an array of one dimension without NULLs. */
static Datum *
deconstruct(ArrayType *array, Oid element_type, const char *name, int *n)
{
	Datum *elements;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("argument \"%s\" must be a list", name),
						errdetail("It is an array of %d dimensions.", ARR_NDIM(array))));
	if (array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"%s\" must not contain nulls", name),
						element_type != TEXTOID
							? 0
							: errhint("Within an array NULL is the text of four letters "
									  "only in quotes: '{\"NULL\"}'.")));
	if (element_type == TEXTOID)
		deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, n);
	else
		deconstruct_array(array, element_type, sizeof(Oid), true, TYPALIGN_INT, &elements,
						  NULL, n);
	return elements;
}

GeNames
ge_arg_texts(GeArguments *args, const char *name)
{
	GeNames result = {0};
	Datum value, *elements;

	if (!ge_arg_given(args, name, TEXTARRAYOID, &value))
		return result;
	result.given = true;
	elements = deconstruct(DatumGetArrayTypeP(value), TEXTOID, name, &result.n);
	result.names = palloc_array(char *, Max(result.n, 1));
	for (int k = 0; k < result.n; k++)
		result.names[k] = TextDatumGetCString(elements[k]);
	return result;
}

static void
refuse_duplicates(const GeNames *names, const char *name)
{
	for (int k = 0; k < names->n; k++)
	{
		CHECK_FOR_INTERRUPTS(); /* lists are as long as their authors like */
		for (int j = 0; j < k; j++)
			if (strcmp(names->names[j], names->names[k]) == 0)
				ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
								errmsg("argument \"%s\" names column \"%s\" twice", name,
									   ge_shown(names->names[k])),
								errhint("Name each column once.")));
	}
}

GeNames
ge_arg_names(GeArguments *args, const char *name)
{
	GeNames result = ge_arg_texts(args, name);

	refuse_duplicates(&result, name);
	return result;
}

GeNames
ge_arg_names_in_text(GeArguments *args, const char *name)
{
	GeNames result = {0};
	char *list = ge_arg_text_or_null(args, name);
	List *found;
	ListCell *cell;

	if (list == NULL)
		return result;
	if (!SplitIdentifierString(pstrdup(list), ',', &found))
		found = list_make1(list);
	result.given = found != NIL;
	result.names = palloc_array(char *, Max(list_length(found), 1));
	foreach (cell, found)
		result.names[result.n++] = lfirst(cell);
	refuse_duplicates(&result, name);
	return result;
}

GeRelationRef *
ge_arg_relations(GeArguments *args, const char *name, int *n)
{
	Datum value, *elements;
	GeRelationRef *result;

	*n = 0;
	if (!ge_arg_given(args, name, REGCLASSARRAYOID, &value))
		return NULL;
	elements = deconstruct(DatumGetArrayTypeP(value), REGCLASSOID, name, n);
	result = palloc_array(GeRelationRef, Max(*n, 1));
	for (int k = 0; k < *n; k++)
	{
		CHECK_FOR_INTERRUPTS();
		result[k] = ge_relation_ref(DatumGetObjectId(elements[k]));
		for (int j = 0; j < k; j++)
			if (result[j].relid == result[k].relid)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("argument \"%s\" names one relation twice", name),
						 errdetail("It is %s.%s.", result[k].schema, result[k].name),
						 errhint("Name each relation once.")));
	}
	return result;
}

int
ge_arg_choice(GeArguments *args, const char *name, const char *const *words)
{
	return ge_word_choice(name, ge_arg_text(args, name), words);
}

int
ge_word_choice(const char *name, const char *given, const char *const *words)
{
	int word = ge_word_find(words, given);

	if (word < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for argument \"%s\": \"%s\"", name,
							   ge_shown(given)),
						errhint("It is one of %s.", ge_words_listed(words))));
	return word;
}
