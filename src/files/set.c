/*
 * set.c: opens the CSV files behind a URI and infers their types.
 */
#include "postgres.h"

#include "base/shown.h"
#include "files/set.h"
#include "s3/object_list.h"

static void
find_files(GeCsvSet *set)
{
	List *uris = ge_objects_to_read(set->uri, &set->access.choice);
	ListCell *cell;

	set->uris = palloc(sizeof(char *) * list_length(uris));
	set->files = palloc0(sizeof(GeCsvFile *) * list_length(uris));
	foreach (cell, uris)
		set->uris[set->n_files++] = lfirst(cell);
}

/* Open file i and check that it has the columns of the files before. */
static GeCsvFile *
open_file(GeCsvSet *set, int i, int how)
{
	GeCsvFile *file = set->files[i] =
		ge_csv_file_open(set->uris[i], set->options, &set->access, how);

	ge_csv_file_take_names(file);
	if (file->n_columns == 0)
		return file;
	if (set->columns != NULL)
		ge_csv_columns_match(set->columns, file);
	else if (set->types_of != NULL)
		set->columns = ge_csv_columns_like(file, set->types_of);
	else
		set->columns = ge_csv_columns_create(file, set->options, set->column_types,
											 set->null_values);
	return file;
}

void
ge_csv_set_open(GeCsvSet *set)
{
	find_files(set);
	for (int i = 0; i < set->n_files && set->n_inferred < set->sample_rows; i++)
	{
		GeCsvFile *file = open_file(set, i, GE_CSV_KEPT);

		if (file->n_columns == 0)
			continue;
		if (set->columns->all_known)
			break;
		set->n_inferred +=
			ge_csv_columns_learn(set->columns, file, set->sample_rows - set->n_inferred);
	}
	if (set->columns == NULL)
		ereport(ERROR, (errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
						errmsg("%s is empty", ge_printable(set->uri)),
						errdetail("There is no line to tell its columns from.")));
	ge_csv_columns_settle(set->columns);
}

GeCsvFile *
ge_csv_set_file(GeCsvSet *set, int i)
{
	GeCsvFile *file = set->files[i];

	if (file != NULL)
		ge_csv_file_rewind(file);
	else
		file = open_file(set, i, 0);
	return file->n_columns == 0 ? NULL : file;
}

void
ge_csv_set_done(GeCsvSet *set, int i)
{
	ge_csv_file_close(set->files[i]);
	set->n_bytes += set->files[i]->n_bytes;
}
