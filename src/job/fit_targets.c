/*
 * fit_targets.c: the targets of the rows of a segment, as a fit counts them.
 */
#include "postgres.h"

#include "job/internal.h"

/* Whether rows of a class are 1 and all others 0, or NULL where they are missing. */
static void
make_class_targets(const GeRun *run, const GeFit *fit, const GeSegment *segment,
				   int64 *ints, uint8 *is_null)
{
	const GeRunTarget *target = &run->targets[fit->target];
	const GeIds *ids = &segment->ids[target->id_column];

	for (uint32 row = 0; row < segment->n_rows; row++)
	{
		uint32 id = ge_ids_get(ids, row);

		is_null[row] = id == GE_ID_MISSING;
		ints[row] = !is_null[row] && target->class_of_id[id] == (uint32) fit->class;
	}
}

void
ge_run_set_targets(const GeRun *run, const GeFit *fit, const GeSegment *segment,
				   GeClassTargets class, GeTargetRows *rows)
{
	const GeTargetValues *values;

	rows->weights = segment->weights;
	if (fit->class >= 0)
	{
		make_class_targets(run, fit, segment, class.ints, class.is_null);
		rows->int_targets = class.ints;
		rows->target_is_null = class.is_null;
		return;
	}
	if (fit->target < 0)
		return;
	values = &segment->targets[fit->target];
	rows->int_targets = values->ints;
	rows->float_targets = values->floats;
	rows->target_is_null = values->is_null;
}
