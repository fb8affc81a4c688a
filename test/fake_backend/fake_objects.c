/*
 * fake_objects.c: dictionaries and targets of the fake GPUs: those of the CPU backend, each
 * with its context.
 */
#include <stdlib.h>

#include "fake_backend.h"

struct GeDictionary
{
	GeContext *context;
	GeDictionary *inner;
};

struct GeTarget
{
	GeContext *context;
	GeTarget *inner;
};

/* ge_cpu_backend's object inside one of the fake's. */
#define CREATE(kind, Type, call, ...)                                                    \
	do                                                                                   \
	{                                                                                    \
		GeStatus status = fake_begin(context, call, error);                              \
		Type *made = calloc(1, sizeof *made);                                            \
                                                                                         \
		*kind = NULL;                                                                    \
		if (made == NULL)                                                                \
			return fake_answer(error, GE_OUT_OF_MEMORY, "no memory for a fake");         \
		made->context = context;                                                         \
		if (status == GE_OK)                                                             \
			status = ge_cpu_backend.kind.create(context->inner, __VA_ARGS__,             \
												&made->inner, error);                    \
		if (status == GE_OK)                                                             \
			*kind = made;                                                                \
		else                                                                             \
			free(made);                                                                  \
		context->n_objects += status == GE_OK;                                           \
		return status;                                                                   \
	} while (0)

#define FREE(kind)                                                                       \
	do                                                                                   \
	{                                                                                    \
		if (kind == NULL)                                                                \
			return;                                                                      \
		kind->context->n_objects--;                                                      \
		ge_cpu_backend.kind.free(kind->inner);                                           \
		free(kind);                                                                      \
	} while (0)

/* Begin a call on an object, then let the CPU backend make it. */
#define PASS(start, kind, call, ...)                                                     \
	do                                                                                   \
	{                                                                                    \
		GeStatus status = start(kind->context, #kind "_" #call, error);                  \
                                                                                         \
		return status != GE_OK ? status                                                  \
							   : ge_cpu_backend.kind.call(kind->inner, __VA_ARGS__);     \
	} while (0)

static GeStatus
fake_dictionary_create(GeContext *context, GeKeyKind kind, GeDictionary **dictionary,
					   GeError *error)
{
	CREATE(dictionary, GeDictionary, "dictionary_create", kind);
}

static void
fake_dictionary_free(GeDictionary *dictionary)
{
	FREE(dictionary);
}

static GeStatus
fake_dictionary_add(GeContext *context, uint32_t n, GeDictionary *const *dictionaries,
					const GeKeys *keys, uint32_t *const *ids, GeError *error)
{
	GeStatus status = fake_begin_rows(context, "dictionary_add", error);
	GeDictionary **inner = calloc(n + 1, sizeof(GeDictionary *));
	uint32_t i;

	for (i = 0; i < n && inner != NULL; i++)
		inner[i] = dictionaries[i]->inner;
	if (inner == NULL)
		status = fake_answer(error, GE_OUT_OF_MEMORY, "no memory for a fake");
	if (status == GE_OK)
		status =
			ge_cpu_backend.dictionary.add(context->inner, n, inner, keys, ids, error);
	free(inner);
	return status;
}

static GeStatus
fake_dictionary_flush(GeContext *context, GeError *error)
{
	GeStatus status = fake_begin(context, "dictionary_flush", error);

	return status != GE_OK ? status
						   : ge_cpu_backend.dictionary.flush(context->inner, error);
}

static uint32_t
fake_dictionary_size(const GeDictionary *dictionary)
{
	return ge_cpu_backend.dictionary.size(dictionary->inner);
}

static GeStatus
fake_dictionary_sort(GeDictionary *dictionary, uint32_t first, uint32_t count,
					 uint32_t *ids, GeError *error)
{
	PASS(fake_begin, dictionary, sort, first, count, ids, error);
}

static GeStatus
fake_dictionary_keys(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
					 int64_t *values, uint64_t *offsets, uint8_t *bytes, GeError *error)
{
	PASS(fake_begin, dictionary, keys, ids, count, values, offsets, bytes, error);
}

static GeStatus
fake_target_create(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
				   GeError *error)
{
	CREATE(target, GeTarget, "target_create", spec);
}

static void
fake_target_free(GeTarget *target)
{
	FREE(target);
}

static GeStatus
fake_target_add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	PASS(fake_begin_rows, target, add, rows, error);
}

static GeStatus
fake_target_add_statistics(GeTarget *target, uint32_t n, const uint32_t *ids,
						   const uint32_t *folds, const GeTargetStatistics *statistics,
						   GeError *error)
{
	PASS(fake_begin, target, add_statistics, n, ids, folds, statistics, error);
}

static GeStatus
fake_target_finish(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals,
				   double *unseen, GeError *error)
{
	PASS(fake_begin, target, finish, spec, totals, unseen, error);
}

static GeStatus
fake_target_rows(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
				 GeError *error)
{
	PASS(fake_begin, target, rows, rows, encodings, error);
}

static GeStatus
fake_target_statistics(GeTarget *target, uint32_t first_id, uint32_t count,
					   const GeTargetStatistics *statistics, double *const *encodings,
					   GeError *error)
{
	PASS(fake_begin, target, statistics, first_id, count, statistics, encodings, error);
}

void
fake_objects(GeBackend *backend)
{
	backend->dictionary.create = fake_dictionary_create;
	backend->dictionary.free = fake_dictionary_free;
	backend->dictionary.size = fake_dictionary_size;
	backend->dictionary.add = fake_dictionary_add;
	backend->dictionary.flush = fake_dictionary_flush;
	backend->dictionary.sort = fake_dictionary_sort;
	backend->dictionary.keys = fake_dictionary_keys;
	backend->target.create = fake_target_create;
	backend->target.free = fake_target_free;
	backend->target.add = fake_target_add;
	backend->target.add_statistics = fake_target_add_statistics;
	backend->target.finish = fake_target_finish;
	backend->target.rows = fake_target_rows;
	backend->target.statistics = fake_target_statistics;
}
