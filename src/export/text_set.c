/*
 * text_set.c: the different texts of a column, sorted and found.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "export/text_set.h"

static int
compare_strings(const void *left, const void *right)
{
	CHECK_FOR_INTERRUPTS();
	return strcmp(*(char *const *) left, *(char *const *) right);
}

GeTextSet
ge_text_set_create(const GeExportPart *part, int k)
{
	Size n = part->n_categories;
	GeTextSet set = {.texts = palloc_extended(sizeof(char *) * (n + 1), MCXT_ALLOC_HUGE)};

	for (Size i = 0; i < n; i++)
		set.texts[i] = part->texts[i * part->n_columns + k];
	qsort(set.texts, n, sizeof(char *), compare_strings);
	for (Size i = 0; i < n; i++)
		if (i == 0 || strcmp(set.texts[i], set.texts[set.n - 1]) != 0)
			set.texts[set.n++] = set.texts[i];
	return set;
}

void
ge_text_set_free(GeTextSet *set)
{
	pfree(set->texts);
	*set = (GeTextSet){0};
}

uint32
ge_text_set_find(const GeTextSet *set, char *string)
{
	char **found = bsearch(&string, set->texts, set->n, sizeof(char *), compare_strings);

	return found == NULL ? 0 : (uint32) (found - set->texts) + 1;
}
