/*
 * context_test.c: opening the CPU backend, its arithmetic, and callers' mistakes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "cpu/float_mode.h"
#include "support.h"
#include "tap.h"

static const GeBackend *const backend = &ge_cpu_backend;

static void
test_open_and_close(void)
{
	GeContextOptions options = test_options(1);
	GeContext *context;
	GeTraits traits = {0};
	GeError error;

	tap_ok(backend->abi == GE_BACKEND_ABI && strcmp(backend->name, "cpu") == 0,
		   "the table says what it is");
	options.abi = GE_BACKEND_ABI + 1;
	tap_ok(backend->open(&options, &context, &traits, &error) == GE_INTERNAL &&
			   context == NULL,
		   "another ABI is refused: %s", error.message);
	options = (GeContextOptions){.abi = GE_BACKEND_ABI};
	tap_ok(backend->open(&options, &context, &traits, &error) == GE_OK &&
			   backend->device_name(context) == NULL && traits.rows_per_call > 0 &&
			   traits.concurrent_rows > 0,
		   "a context without a device");
	tap_ok(backend->dictionary.flush(context, &error) == GE_OK, "flush");
	backend->close(context);
	backend->close(NULL);
	backend->dictionary.free(NULL);
	backend->target.free(NULL);
	backend->process.before_exit();
}

static void
test_devices(void)
{
	GeDeviceInfo info;
	GeError error;
	int32_t n = 0;

	tap_ok(backend->process.devices(&info, 1, &n, NULL, NULL, &error) == GE_OK &&
			   n == 1 && info.usable && strcmp(info.device, "cpu") == 0 &&
			   info.name[0] != '\0' && info.memory_bytes > 0,
		   "one device, the processor");
	tap_ok(backend->process.devices(NULL, 0, &n, NULL, NULL, &error) == GE_OK && n == 1,
		   "how many devices there are");
}

/* One subnormal target: its encoding is lost where subnormals are flushed. */
static bool
keeps_subnormals(GeContext *context)
{
	static const double targets[] = {0x1p-1074, 0x1p-1074};
	static const uint8_t ids[] = {1, 1};
	GeTargetSpec spec = {.accumulators = MEAN_ACCUMULATORS,
						 .kind = GE_TARGET_FLOAT64,
						 .n_categories = 1,
						 .low_bin = GE_LOWEST_BIN,
						 .high_bin = GE_LOWEST_BIN};
	GeTargetRows rows = {
		.n_rows = 2, .id_width = 1, .ids = ids, .float_targets = targets};
	double encodings[2] = {0, 0}, *into = encodings;
	GeTarget *target;
	GeError error;
	bool kept;

	ge_folds_init(&spec.folds, GE_SPLIT_INTERLEAVED, 2, 2, 0);
	kept = backend->target.create(context, &spec, &target, &error) == GE_OK &&
		   backend->target.add(target, &rows, &error) == GE_OK &&
		   test_finish(backend, target, 0, false, &error) == GE_OK &&
		   backend->target.rows(target, &rows, &into, &error) == GE_OK;
	backend->target.free(target);
	return kept && same_bits(encodings[0], 0x1p-1074);
}

static void
test_float_mode(void)
{
	GeContextOptions options = test_options(2);
	GeContext *context = test_open(backend, &options);

	tap_ok(ge_float_mode_check(), "this build computes the documented formulae");
	tap_ok(keeps_subnormals(context), "subnormals are kept");
#if defined(__x86_64__)
	/* as a library built with -Ofast does when it is loaded */
	_mm_setcsr(_mm_getcsr() | 0x8040);
	tap_ok(!ge_float_mode_check(), "flushing to zero is found out");
	tap_ok(keeps_subnormals(context), "flushing to zero is undone");
	_mm_setcsr(_mm_getcsr() | 0x6000);
	ge_float_mode_reset();
	tap_ok(ge_float_mode_check(), "rounding towards zero is undone");
#endif
	backend->close(context);
}

/* Adding a row is refused; say how. */
static void
refuses(GeTarget *target, GeTargetRows rows, const char *what)
{
	GeError error;

	tap_ok(backend->target.add(target, &rows, &error) == GE_INTERNAL, "%s: %s", what,
		   error.message);
}

static void
refuse_rows(GeTarget *target)
{
	static const double targets[] = {1, 0.5};
	static const uint32_t folds[] = {0, 3};
	static const uint8_t ids[] = {1, 4};
	const GeTargetRows good = {
		.n_rows = 1, .id_width = 1, .ids = ids, .folds = folds, .float_targets = targets};
	GeTargetRows rows = good;
	double encoding, *into = &encoding;
	GeError error;

	tap_ok(backend->target.rows(target, &rows, &into, &error) == GE_INTERNAL,
		   "unfinished: %s", error.message);
	tap_ok(backend->target.add(target, &rows, &error) == GE_OK, "a row");
	tap_ok(test_finish(backend, target, 0, false, &error) == GE_INTERNAL, "early: %s",
		   error.message);
	rows.float_targets = targets + 1;
	refuses(target, rows, "target");
	rows = good;
	rows.folds = folds + 1;
	refuses(target, rows, "fold");
	rows = good;
	rows.ids = ids + 1;
	refuses(target, rows, "id");
	rows = good;
	rows.id_width = 3;
	refuses(target, rows, "width");
	rows = good;
	rows.first_ordinal = 4;
	refuses(target, rows, "ordinal");
}

/* What a caller must not do is an error, not a crash. */
static void
test_mistakes(void)
{
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(backend, &options);
	GeTargetSpec spec = {
		.accumulators = MEAN_ACCUMULATORS, .kind = GE_TARGET_FLOAT64, .n_categories = 3};
	GeTarget *target;
	GeError error;

	ge_folds_init(&spec.folds, GE_SPLIT_CUSTOM, 4, 3, 0);
	spec.high_bin = GE_HIGHEST_BIN + 1;
	tap_ok(backend->target.create(context, &spec, &target, &error) == GE_INTERNAL,
		   "bins: %s", error.message);
	spec.high_bin = 0;
	if (backend->target.create(context, &spec, &target, &error) == GE_OK)
		refuse_rows(target);
	backend->target.free(target);
	backend->close(context);
}

int
main(void)
{
	test_open_and_close();
	test_devices();
	test_float_mode();
	test_mistakes();
	return tap_done();
}
