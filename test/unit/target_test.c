/*
 * target_test.c: target encodings of the CPU backend, as it chooses and in each way.
 *
 * Dense cells and sorted segments give the same bits; what target_create chooses by size
 * is given here by hand.
 */
#include "cpu/target.h"
#include "parity_checks.h"
#include "statistics_checks.h"
#include "support.h"
#include "tap.h"
#include "target_checks.h"

static GeStatus
create_dense(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
			 GeError *error)
{
	return ge_target_create(context, spec, &ge_dense_way, target, error);
}

static GeStatus
create_sorted(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
			  GeError *error)
{
	return ge_target_create(context, spec, &ge_sorted_way, target, error);
}

static void
test_choice(void)
{
	GeTargetSpec spec = {.kind = GE_TARGET_INT64, .n_categories = 1000000};

	ge_folds_init(&spec.folds, GE_SPLIT_INTERLEAVED, 10000000, 5, 0);
	tap_ok(ge_dense_pays(&spec), "dense cells for a million categories in 5 folds");
	ge_folds_init(&spec.folds, GE_SPLIT_INTERLEAVED, 10000000, 1000000, 0);
	tap_ok(!ge_dense_pays(&spec), "sorted segments in a million folds");
	spec.n_categories = 3;
	tap_ok(ge_dense_pays(&spec), "dense cells for three categories in a million folds");
	spec.n_categories = 50000000;
	ge_folds_init(&spec.folds, GE_SPLIT_INTERLEAVED, 100000000, 5, 0);
	tap_ok(!ge_dense_pays(&spec), "sorted segments for 50 million categories");
}

int
main(void)
{
	GeBackend dense = ge_cpu_backend, sorted = ge_cpu_backend;

	dense.target.create = create_dense;
	sorted.target.create = create_sorted;
	test_choice();
	tap_note("dense cells");
	check_target_encodings(&dense, 3);
	tap_note("sorted segments");
	check_target_encodings(&sorted, 3);
	tap_note("dense cells and sorted segments");
	dense.name = "dense";
	sorted.name = "sorted";
	check_encodings_parity(&dense, &sorted, 2);
	tap_note("statistics counted in");
	check_added_statistics(&ge_cpu_backend);
	return tap_done();
}
