/*
 * classes.c: a target with classes: each of its values against all others.
 *
 * The names of output columns have the classes, and output tables are created before any
 * row is read for good.  So the target alone is read first, as the call's snapshot has it;
 * a class is a distinct key.
 */
#include "postgres.h"
#include "common/hashfn.h"
#include "miscadmin.h"

#include "base/run_log.h"
#include "base/settings.h"
#include "base/shown.h"
#include "job/internal.h"

#define N_SLOTS 4096 /* a power of two, well above GE_MAX_CLASSES */

/* A class that was met: a key as GeKeys has it. */
typedef struct Class
{
	bool is_used;
	uint32 hash;
	int64 value;
	uint32 length;
	const uint8 *bytes;
} Class;

typedef struct Finding
{
	const GeTargetColumn *target;
	const char *source;
	MemoryContext context;
	GeKeyKind kind;
	int n;
	Class slots[N_SLOTS];
} Finding;

static void
refuse_many_classes(const Finding *finding)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("target \"%s\" of relation %s has more than %d classes",
					finding->target->name, finding->source, GE_MAX_CLASSES),
			 errhint("Give rare classes one name in a view, or encode a number with "
					 "target_type => 'continuous'.")));
}

static void
meet(Finding *finding, int64 value, const uint8 *bytes, uint32 length)
{
	uint32 hash = bytes == NULL
					  ? hash_bytes_uint32((uint32) value ^ (uint32) (value >> 32))
					  : hash_bytes(bytes, length);
	Class *slot;

	for (uint32 i = hash;; i++)
	{
		slot = &finding->slots[i % N_SLOTS];
		if (!slot->is_used)
			break;
		if (slot->hash == hash && slot->value == value && slot->length == length &&
			(bytes == NULL || memcmp(slot->bytes, bytes, length) == 0))
			return;
	}
	if (++finding->n > GE_MAX_CLASSES)
		refuse_many_classes(finding);
	*slot = (Class){.is_used = true, .hash = hash, .value = value, .length = length};
	if (bytes == NULL)
		return;
	slot->bytes = MemoryContextAllocHuge(finding->context, Max(length, 1));
	memcpy((void *) slot->bytes, bytes, length);
}

/* GeBatchConsumer */
static bool
consume(const GeBatch *batch, void *arg)
{
	Finding *finding = arg;
	const GeKeys *keys = &batch->columns[0].keys;

	for (uint32 i = 0; i < batch->n_rows; i++)
	{
		if (keys->is_missing != NULL && keys->is_missing[i])
			continue;
		if (keys->kind == GE_KEY_INT64)
			meet(finding, keys->values[i], NULL, 0);
		else
			meet(finding, 0, keys->bytes + keys->offsets[i],
				 keys->offsets[i + 1] - keys->offsets[i]);
	}
	return true;
}

/* In the order of keys, which is that of label codes. */
static int
compare_classes(const void *a, const void *b)
{
	const Class *x = a, *y = b;
	int order;

	if (x->bytes == NULL)
		return x->value < y->value ? -1 : x->value > y->value;
	order = memcmp(x->bytes, y->bytes, Min(x->length, y->length));
	if (order != 0)
		return order;
	return x->length < y->length ? -1 : x->length > y->length;
}

/* The classes in sorted order, as texts. */
static void
keep_classes(Finding *finding, GeTargetColumn *target)
{
	Class *classes = palloc_array(Class, finding->n + 1);
	int n = 0, nest;

	for (int i = 0; i < N_SLOTS; i++)
		if (finding->slots[i].is_used)
			classes[n++] = finding->slots[i];
	qsort(classes, n, sizeof(Class), compare_classes);
	target->n_classes = target->n_used = n;
	target->classes = palloc_array(char *, n + 1);
	nest = ge_text_form_begin();
	for (int i = 0; i < n; i++)
		target->classes[i] =
			finding->kind == GE_KEY_INT64
				? ge_category_text_of_int64(target->category, classes[i].value)
				: ge_category_text_of_bytes(target->category, classes[i].bytes,
											classes[i].length);
	ge_text_form_end(nest);
}

/* The one class that a call asks for. */
static void
choose_class(const GePlan *plan, GeTargetColumn *target)
{
	const char *given = plan->options.pos_label;
	char *wanted = ge_category_canonical_text(target->category, given, true);

	for (int i = 0; i < target->n_classes; i++)
		if (strcmp(target->classes[i], wanted) == 0)
		{
			target->first_used = i;
			target->n_used = 1;
			return;
		}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("pos_label \"%s\" is no class of target \"%s\"",
						   ge_shown(given), target->name)));
}

void
ge_plan_find_classes(GePlan *plan, GeTargetColumn *target, AttrNumber attno)
{
	GeSource *source = plan->sources[0].source;
	const GeFittedTarget *fitted = ge_options_fitted_target(&plan->options, target->name);
	Finding *finding;
	const GeReadColumn column = {
		.attno = attno, .kind = GE_READ_CATEGORY, .category = target->category};

	if (fitted != NULL)
	{
		target->classes = fitted->classes.names;
		target->n_classes = target->n_used = fitted->classes.n;
		return;
	}
	ge_stage_begin();
	finding = palloc0_object(Finding);
	finding->target = target;
	finding->source = ge_source_name(source);
	finding->context = CurrentMemoryContext;
	finding->kind = ge_category_key_kind(target->category);
	ge_read(source, &column, 1, ge_setting_max_workers, consume, finding);
	keep_classes(finding, target);
	pfree(finding);
	if (plan->options.pos_label_is_class)
		choose_class(plan, target);
	ge_stage_end("classes", target->n_classes, -1, "", "of target %s", target->name);
}

/* The rows have a value that is no class of the encoder, and its encodings cannot get one. */
static void
refuse_new_class(const GeTargetColumn *target, const char *value)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("target \"%s\" has a class \"%s\" that the encoder lacks",
						   ge_shown(target->name), ge_shown(value)),
					errhint("Fit the encoder anew to all rows.")));
}

/* Both in the order of their keys: rows may lack classes that were met elsewhere. */
static void
match_classes(GeRun *run, int t, const uint32 *ordered, uint32 n)
{
	const GeTargetColumn *target = &run->plan->targets[t];
	uint32 n_shown = Min(n, (uint32) target->n_classes + 1);
	char **texts =
		ge_job_texts(run, target->category, run->targets[t].dictionary, ordered, n_shown);
	int class = 0;

	for (uint32 i = 0; i < n_shown; i++)
	{
		while (class < target->n_classes && strcmp(target->classes[class], texts[i]) != 0)
			class ++;
		if (class == target->n_classes)
			refuse_new_class(target, texts[i]);
		run->targets[t].class_of_id[ordered[i]] = class;
	}
}

void
ge_run_settle_classes(GeRun *run, int t)
{
	GeRunTarget *target = &run->targets[t];
	uint32 n = ge_compute_size(run->compute, target->dictionary);
	uint32 *ordered;

	if (ge_options_fitted_target(&run->plan->options, run->plan->targets[t].name) ==
			NULL &&
		n != run->plan->targets[t].n_classes)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("relation %s gave other rows in the second reading",
							   ge_source_name(run->plan->sources[0].source))));
	ordered = palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	target->class_of_id =
		palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	ge_compute_sort(run->compute, target->dictionary, 1, n, ordered);
	match_classes(run, t, ordered, n);
	pfree(ordered);
	target->bins = (GeBins){0, 0};
	target->largest = 1;
	target->is_binary = true;
}
