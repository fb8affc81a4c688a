/*
 * devices.c: which device does what, for last_run().
 */
#include "postgres.h"

#include "base/shown.h"
#include "job/internal.h"

/* Names that are listed for each device. */
#define MAX_LISTED 8

/* A thing with a name, on the device of its dictionary. */
typedef struct Named
{
	const char *name;
	int device;
} Named;

/* Append "GPU 0: a, b" for one of the devices. */
static void
append_device(StringInfo list, int device, const Named *named, int n)
{
	int n_listed = 0;

	appendStringInfo(list, "%sGPU %d: ", list->len > 0 ? "; " : "", device);
	for (int i = 0; i < n; i++)
		if (named[i].device == device && n_listed++ < MAX_LISTED)
			appendStringInfo(list, "%s%s", n_listed > 1 ? ", " : "",
							 ge_shown(named[i].name));
	if (n_listed > MAX_LISTED)
		appendStringInfo(list, " and %d more", n_listed - MAX_LISTED);
}

/* All of them, a device at a time, lowest first. */
static char *
describe(const Named *named, int n)
{
	StringInfoData list;
	int last = -1;

	initStringInfo(&list);
	for (;;)
	{
		int next = PG_INT32_MAX;

		for (int i = 0; i < n; i++)
			if (named[i].device > last && named[i].device < next)
				next = named[i].device;
		if (next == PG_INT32_MAX)
			return list.data;
		append_device(&list, next, named, n);
		last = next;
	}
}

const char *
ge_job_place(const GeRun *run, const GeRunEncoding *encoding)
{
	const GeDictionary *dictionary = encoding->categories->dictionary;

	return ge_compute_is_several(run->compute)
			   ? psprintf(", GPU %d", ge_compute_device_of(run->compute, dictionary))
			   : "";
}

char *
ge_job_columns_by_device(const GeRun *run)
{
	Named *named = palloc_array(Named, run->plan->n_columns + 1);

	for (int i = 0; i < run->plan->n_columns; i++)
		named[i] =
			(Named){run->plan->columns[i].name,
					ge_compute_device_of(run->compute, run->categories[i].dictionary)};
	return describe(named, run->plan->n_columns);
}

char *
ge_job_encodings_by_device(const GeRun *run)
{
	Named *named = palloc_array(Named, run->plan->n_encodings + 1);

	for (int i = 0; i < run->plan->n_encodings; i++)
		named[i] = (Named){
			run->encodings[i].plan->name,
			ge_compute_device_of(run->compute, run->encodings[i].categories->dictionary)};
	return describe(named, run->plan->n_encodings);
}
