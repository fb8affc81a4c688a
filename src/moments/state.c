/*
 * state.c: states of aggregates: made, widened, merged, opened.
 */
#include "postgres.h"

#include <math.h>

#include "moments/state.h"

GeState *
ge_state_create(int parts)
{
	GeWholeState *whole = palloc0(sizeof(GeWholeState));

	StaticAssertStmt(sizeof(GeWholeState) == 64, "one chunk of 64 bytes");
	SET_VARSIZE(whole, sizeof(GeWholeState));
	whole->head.form = GE_FORM_WHOLE;
	whole->head.parts = (uint8) parts;
	whole->least = PG_INT32_MAX;
	whole->greatest = PG_INT32_MIN;
	return &whole->head;
}

void
ge_state_add_nulls(GeState *state, int64 n)
{
	state->n_rows += (uint64) n;
}

/* ------------------------------------------------------------------------- opened */

static void
open_whole(const GeWholeState *whole, GeMoments *moments)
{
	int128 sum[2] = {(uint64) whole->sum, whole->sum >> 64};
	int128 squares[2] = {(uint64) whole->squares, whole->squares >> 64};

	ge_number_of_uint64(&moments->weight, whole->head.n_target);
	ge_number_of_limbs(&moments->sum, sum, lengthof(sum), 0);
	ge_number_of_limbs(&moments->squares, squares, lengthof(squares), 0);
	moments->least = whole->least;
	moments->greatest = whole->greatest;
}

static void
open_wide(GeWideState *wide, GeMoments *moments)
{
	const GeWindows *windows = &wide->windows;

	if (windows->weight.n > 0)
		ge_number_of_limbs(&moments->weight, wide->limbs, windows->weight.n,
						   windows->weight.low);
	else
		ge_number_of_uint64(&moments->weight, wide->head.n_target);
	ge_number_of_limbs(&moments->sum, ge_wide_sum(wide), windows->sum.n,
					   windows->sum.low);
	ge_number_of_uint64(&moments->squares, 0);
	if ((wide->head.parts & GE_MOMENTS_SQUARES) != 0)
		ge_number_of_limbs(&moments->squares, ge_wide_squares(wide), windows->squares.n,
						   windows->squares.low);
	moments->least = wide->least;
	moments->greatest = wide->greatest;
}

void
ge_state_open(GeState *state, GeMoments *moments)
{
	moments->n_rows = state->n_rows;
	moments->n_target = state->n_target;
	moments->parts = state->parts;
	if (state->form == GE_FORM_WHOLE)
		open_whole((GeWholeState *) state, moments);
	else
		open_wide((GeWideState *) state, moments);
	if (moments->weight.n == 0)
		moments->parts = GE_MOMENTS_ALL;
}

/* ------------------------------------------------------------------------ widened */

static GeWideState *
create_wide(const GeState *head, const GeWindows *windows)
{
	int n = windows->weight.n + windows->sum.n + windows->squares.n;
	Size size = offsetof(GeWideState, limbs) + n * sizeof(int128);
	GeWideState *wide = palloc0(size);

	SET_VARSIZE(wide, size);
	wide->head.form = GE_FORM_WIDE;
	wide->head.parts = head->parts;
	wide->head.n_rows = head->n_rows;
	wide->head.n_target = head->n_target;
	wide->least = INFINITY;
	wide->greatest = -INFINITY;
	wide->windows = *windows;
	return wide;
}

/* The words of both. */
static GeWindow
join(GeWindow a, GeWindow b)
{
	int low = Min(a.low, b.low);
	int end = Max(a.low + a.n, b.low + b.n);

	if (a.n == 0 || b.n == 0)
		return a.n == 0 ? b : a;
	return (GeWindow){(int16) low, (int16) (end - low)};
}

static GeWindow
window_of_number(const GeNumber *number)
{
	return (GeWindow){(int16) number->low, (int16) number->n};
}

static void
add_number(int128 *limbs, GeWindow window, const GeNumber *number)
{
	for (int i = 0; i < number->n; i++)
	{
		int128 word = number->words[i];

		limbs[number->low - window.low + i] += number->negative ? -word : word;
	}
}

/* With weight, if the windows have one. */
static void
add_sums(GeWideState *wide, const GeMoments *moments)
{
	const GeWindows *windows = &wide->windows;

	if (windows->weight.n > 0)
		add_number(wide->limbs, windows->weight, &moments->weight);
	add_number(ge_wide_sum(wide), windows->sum, &moments->sum);
	if ((wide->head.parts & GE_MOMENTS_SQUARES) != 0)
		add_number(ge_wide_squares(wide), windows->squares, &moments->squares);
	if (moments->weight.n > 0)
	{
		wide->least = Min(wide->least, moments->least);
		wide->greatest = Max(wide->greatest, moments->greatest);
	}
}

static void
copy_limbs(int128 *target, GeWindow window, const int128 *limbs, GeWindow part)
{
	if (part.n > 0)
		memcpy(target + (part.low - window.low), limbs, part.n * sizeof(int128));
}

/* Limbs are copied, as a sum of many rows is not one number for each of them. */
static GeWideState *
widen_wide(GeWideState *old, const GeWindows *joined)
{
	GeWideState *wide = create_wide(&old->head, joined);
	const GeWindows *parts = &old->windows;

	copy_limbs(wide->limbs, joined->weight, old->limbs, parts->weight);
	copy_limbs(ge_wide_sum(wide), joined->sum, ge_wide_sum(old), parts->sum);
	copy_limbs(ge_wide_squares(wide), joined->squares, ge_wide_squares(old),
			   parts->squares);
	if (parts->weight.n == 0 && joined->weight.n > 0)
		wide->limbs[-joined->weight.low] = old->head.n_target;
	wide->least = old->least;
	wide->greatest = old->greatest;
	return wide;
}

GeWideState *
ge_state_widen(GeState *state, const GeWindows *windows)
{
	const GeWindow units = {0, 1};
	GeWindows joined = *windows;
	GeMoments moments;
	GeWideState *wide;

	if (windows->weight.n > 0)
		joined.weight = join(joined.weight, units);
	if (state->form == GE_FORM_WIDE)
	{
		wide = (GeWideState *) state;
		if (ge_windows_cover(&wide->windows, windows))
			return wide;
		joined.weight = join(joined.weight, wide->windows.weight);
		joined.sum = join(joined.sum, wide->windows.sum);
		joined.squares = join(joined.squares, wide->windows.squares);
		return widen_wide(wide, &joined);
	}
	ge_state_open(state, &moments);
	joined.sum = join(joined.sum, window_of_number(&moments.sum));
	joined.squares = join(joined.squares, window_of_number(&moments.squares));
	wide = create_wide(state, &joined);
	add_sums(wide, &moments);
	return wide;
}

/* ------------------------------------------------------------------------- merged */

/* A sum of n numbers of at most 2^bits. */
static bool
is_sum_of(const GeNumber *number, uint64 n, int bits)
{
	uint128 magnitude = 0;

	if (!ge_number_within(number, 0, 1))
		return false;
	for (int i = 0; i < number->n; i++)
		magnitude |= (uint128) number->words[i] << 64 * (number->low + i);
	return magnitude <= (uint128) n << bits;
}

static int128
int128_of_number(const GeNumber *number)
{
	int128 value = 0;

	for (int i = 0; i < number->n; i++)
		value += (int128) number->words[i] << 64 * (number->low + i);
	return number->negative ? -value : value;
}

/* Count in what a whole state can take; else false. */
static bool
merge_whole(GeWholeState *whole, const GeMoments *moments)
{
	GeNumber targets;

	ge_number_of_uint64(&targets, moments->n_target);
	if (!ge_number_equal(&moments->weight, &targets) ||
		!is_sum_of(&moments->sum, moments->n_target, 31))
		return false;
	if (whole->head.parts != 0 && moments->weight.n > 0)
	{
		if (moments->parts != GE_MOMENTS_ALL || !ge_is_int32(moments->least) ||
			!ge_is_int32(moments->greatest) ||
			!is_sum_of(&moments->squares, moments->n_target, 62))
			return false;
		whole->squares += int128_of_number(&moments->squares);
		whole->least = Min(whole->least, (int32) moments->least);
		whole->greatest = Max(whole->greatest, (int32) moments->greatest);
	}
	whole->sum += int128_of_number(&moments->sum);
	return true;
}

static GeState *
merge_wide(GeState *state, const GeMoments *moments)
{
	GeWindows windows = {.sum = window_of_number(&moments->sum)};
	GeWideState *wide = (GeWideState *) state;
	GeNumber targets;

	ge_number_of_uint64(&targets, moments->n_target);
	if ((state->form == GE_FORM_WIDE && wide->windows.weight.n > 0) ||
		!ge_number_equal(&moments->weight, &targets))
		windows.weight = window_of_number(&moments->weight);
	/* weights that are all 0 are weights */
	if (windows.weight.n == 0 && !ge_number_equal(&moments->weight, &targets))
		windows.weight.n = 1;
	if ((state->parts & moments->parts & GE_MOMENTS_SQUARES) != 0)
		windows.squares = window_of_number(&moments->squares);
	wide = ge_state_widen(state, &windows);
	wide->head.parts &= moments->parts;
	add_sums(wide, moments);
	return &wide->head;
}

GeState *
ge_state_merge(GeState *state, const GeMoments *moments)
{
	if (state->n_rows > GE_MOMENTS_MOST_ROWS ||
		moments->n_rows > GE_MOMENTS_MOST_ROWS - state->n_rows)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("moments of more than 2^63 - 1 rows")));
	if (state->form != GE_FORM_WHOLE || !merge_whole((GeWholeState *) state, moments))
		state = merge_wide(state, moments);
	state->n_rows += moments->n_rows;
	state->n_target += moments->n_target;
	return state;
}
