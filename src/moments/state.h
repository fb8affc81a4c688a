/*
 * state.h: moments that an aggregate changes in place while it runs.
 *
 * A state is a value of type moments too, as plans hand states of partial aggregates from
 * workers to the leader as values of the aggregate's transition type.  Its first byte
 * tells it from canonical bytes.  It has no pointers, so that it may be copied.  It is
 * never stored, printed or sent: every function makes canonical bytes of it first.
 *
 *   whole   weights 1, targets that are whole numbers of 32 bits: two int128
 *   wide    anything else: limbs (number.h) for the weight, the sum, the squares, each
 *           over a window of words that grows when a row lies outside
 *
 * A limb takes less than 2^64 of every row, so it holds 2^63 rows without a carry.
 */
#ifndef GE_MOMENTS_STATE_H
#define GE_MOMENTS_STATE_H

#include "base/compat.h"
#include "moments/internal.h"

typedef struct GeState
{
	int32 vl_len_;
	uint8 form;
	uint8 parts; /* GE_MOMENTS_ bits: those that are kept */
	uint64 n_rows;
	uint64 n_target;
} GeState;

/* 64 bytes */
typedef struct GeWholeState
{
	GeState head; /* parts are all, or none: then sum alone is kept */
	int32 least;  /* PG_INT32_MAX and PG_INT32_MIN if there is no target */
	int32 greatest;
	int128 sum;
	int128 squares;
} GeWholeState;

/* n words from word `low` on. */
typedef struct GeWindow
{
	int16 low;
	int16 n;
} GeWindow;

typedef struct GeWindows
{
	GeWindow weight; /* n = 0: every weight is 1 */
	GeWindow sum;
	GeWindow squares; /* n = 0: not kept */
} GeWindows;

typedef struct GeWideState
{
	GeState head;
	double least; /* infinity and -infinity if there is no weight */
	double greatest;
	GeWindows windows;
	int32 unused;
	int128 limbs[FLEXIBLE_ARRAY_MEMBER]; /* of the weight, the sum, the squares */
} GeWideState;

/* One row with a target y = mantissa * 2^exponent. */
typedef struct GeRow
{
	uint64 mantissa;
	int exponent;
	bool negative;
	bool is_whole;	 /* y is a whole number within 31 bits and a sign */
	bool has_weight; /* else it is 1 */
	double weight;	 /* finite, >= 0 */
	double value;	 /* y as the nearest double, not -0 */
} GeRow;

extern GeRow ge_row_of_double(double y);
extern GeRow ge_row_of_int64(int64 y);

/*
 * No rows, in CurrentMemoryContext.  The functions below change a state in place, or
 * return another one in CurrentMemoryContext and leave the first as it was.
 */
extern GeState *ge_state_create(int parts);
/* Count a row in, or with `remove` out; that leaves least and greatest as they are. */
extern GeState *ge_state_add(GeState *state, const GeRow *row, bool remove);
/* Count in rows without a target, or with a negative number out. */
extern void ge_state_add_nulls(GeState *state, int64 n);
/* Count in what moments say; the parts that both know stay. */
extern GeState *ge_state_merge(GeState *state, const GeMoments *moments);
extern void ge_state_open(GeState *state, GeMoments *moments);

/* A wide state that has these windows at least: the state itself, if it does. */
extern GeWideState *ge_state_widen(GeState *state, const GeWindows *windows);

/* The state that a value is, if it may be changed in place; else NULL. */
static inline GeState *
ge_state_of_value(Datum value)
{
	GeState *state = (GeState *) DatumGetPointer(value);

	if (VARATT_IS_4B_U(state) && state->form >= GE_FORM_WHOLE &&
		(uintptr_t) state == MAXALIGN((uintptr_t) state))
		return state;
	return NULL;
}

static inline int128 *
ge_wide_sum(GeWideState *wide)
{
	return wide->limbs + wide->windows.weight.n;
}

static inline int128 *
ge_wide_squares(GeWideState *wide)
{
	return wide->limbs + wide->windows.weight.n + wide->windows.sum.n;
}

static inline bool
ge_window_covers(GeWindow window, GeWindow part)
{
	return part.n == 0 ||
		   (window.low <= part.low && part.low + part.n <= window.low + window.n);
}

static inline bool
ge_windows_cover(const GeWindows *windows, const GeWindows *parts)
{
	return ge_window_covers(windows->weight, parts->weight) &&
		   ge_window_covers(windows->sum, parts->sum) &&
		   ge_window_covers(windows->squares, parts->squares);
}

/* Count a whole number within 31 bits in, if the state is whole; else false. */
static inline bool
ge_state_add_whole(GeState *state, int32 y)
{
	GeWholeState *whole = (GeWholeState *) state;

	if (state->form != GE_FORM_WHOLE)
		return false;
	state->n_rows++;
	state->n_target++;
	whole->sum += y;
	if (state->parts != 0)
	{
		whole->squares += (int64) y * y;
		whole->least = Min(whole->least, y);
		whole->greatest = Max(whole->greatest, y);
	}
	return true;
}

#endif /* GE_MOMENTS_STATE_H */
