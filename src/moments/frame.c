/*
 * frame.c: the aggregates of a window frame that moves: rows enter and leave.
 *
 * Sums are exact, so that a row leaves them without a trace.  The least target is the
 * first of a deque of those that no later one undercuts; the greatest likewise.  Rows
 * leave in the order in which they entered, so their numbers tell when one of these goes.
 * The state of a frame is internal and hangs on the context of the window.
 */
#include "postgres.h"

#include "moments/aggregate.h"

typedef struct GeEntry
{
	int64 number;
	double value;
} GeEntry;

/* A ring of entries, their values in order from the first on. */
typedef struct GeDeque
{
	GeEntry *entries;
	int64 capacity; /* a power of two */
	int64 first;	/* positions, not reduced to the ring */
	int64 end;
} GeDeque;

typedef struct GeFrame
{
	MemoryContext context;
	GeState *state;
	int64 n_entered; /* rows with a target and a weight above 0 */
	int64 n_left;
	GeDeque least;
	GeDeque greatest; /* of the negated targets */
} GeFrame;

/* Rows enter by one function and leave by another. */
#define FRAME(suffix, read, parts)                                                       \
	GE_SQL_FUNCTION(ge_moments_enter_##suffix);                                          \
	GE_SQL_FUNCTION(ge_moments_leave_##suffix);                                          \
	Datum ge_moments_enter_##suffix(PG_FUNCTION_ARGS)                                    \
	{                                                                                    \
		GeRow row;                                                                       \
                                                                                         \
		return enter(fcinfo, read(fcinfo, &row) ? &row : NULL, parts);                   \
	}                                                                                    \
	Datum ge_moments_leave_##suffix(PG_FUNCTION_ARGS)                                    \
	{                                                                                    \
		GeRow row;                                                                       \
                                                                                         \
		return leave(fcinfo, read(fcinfo, &row) ? &row : NULL);                          \
	}

GE_SQL_FUNCTION(ge_moments_frame_final);
GE_SQL_FUNCTION(ge_exact_sum_frame_final);
GE_SQL_FUNCTION(ge_exact_avg_frame_final);

static GeEntry *
entry_at(const GeDeque *deque, int64 position)
{
	return deque->entries + (position & (deque->capacity - 1));
}

static void
grow(GeDeque *deque, MemoryContext context)
{
	int64 capacity = Max(deque->capacity * 2, 8);
	GeEntry *entries = MemoryContextAllocHuge(context, capacity * sizeof(GeEntry));

	for (int64 i = deque->first; i < deque->end; i++)
		entries[i & (capacity - 1)] = *entry_at(deque, i);
	if (deque->entries != NULL)
		pfree(deque->entries);
	deque->entries = entries;
	deque->capacity = capacity;
}

static void
push(GeDeque *deque, MemoryContext context, int64 number, double value)
{
	while (deque->end > deque->first && entry_at(deque, deque->end - 1)->value >= value)
		deque->end--;
	if (deque->end - deque->first == deque->capacity)
		grow(deque, context);
	*entry_at(deque, deque->end++) = (GeEntry){number, value};
}

/* The row of this number leaves. */
static void
drop(GeDeque *deque, int64 number)
{
	if (deque->end > deque->first && entry_at(deque, deque->first)->number == number)
		deque->first++;
}

static GeFrame *
frame_of_argument(FunctionCallInfo fcinfo, int parts)
{
	MemoryContext context = ge_aggregate_context(fcinfo);
	MemoryContext caller;
	GeFrame *frame;

	if (!PG_ARGISNULL(0))
		return (GeFrame *) PG_GETARG_POINTER(0);
	caller = MemoryContextSwitchTo(context);
	frame = palloc0(sizeof(GeFrame));
	frame->context = context;
	frame->state = ge_state_create(parts);
	MemoryContextSwitchTo(caller);
	return frame;
}

static void
count(GeFrame *frame, const GeRow *row, bool remove)
{
	MemoryContext caller = MemoryContextSwitchTo(frame->context);
	GeState *state = ge_state_add(frame->state, row, remove);

	if (state != frame->state)
		pfree(frame->state);
	frame->state = state;
	MemoryContextSwitchTo(caller);
}

static Datum
enter(FunctionCallInfo fcinfo, const GeRow *row, int parts)
{
	GeFrame *frame = frame_of_argument(fcinfo, parts);

	if (row == NULL)
	{
		ge_state_add_nulls(frame->state, 1);
		PG_RETURN_POINTER(frame);
	}
	count(frame, row, false);
	if (parts != 0 && (!row->has_weight || row->weight > 0))
	{
		push(&frame->least, frame->context, frame->n_entered, row->value);
		push(&frame->greatest, frame->context, frame->n_entered, -row->value);
		frame->n_entered++;
	}
	PG_RETURN_POINTER(frame);
}

static Datum
leave(FunctionCallInfo fcinfo, const GeRow *row)
{
	GeFrame *frame = frame_of_argument(fcinfo, 0);

	if (row == NULL)
	{
		ge_state_add_nulls(frame->state, -1);
		PG_RETURN_POINTER(frame);
	}
	count(frame, row, true);
	if (frame->n_entered > 0 && (!row->has_weight || row->weight > 0))
	{
		drop(&frame->least, frame->n_left);
		drop(&frame->greatest, frame->n_left);
		frame->n_left++;
	}
	PG_RETURN_POINTER(frame);
}

FRAME(float8, ge_read_float8_row, GE_MOMENTS_ALL)
FRAME(int8, ge_read_int8_row, GE_MOMENTS_ALL)
FRAME(bool, ge_read_bool_row, GE_MOMENTS_ALL)
FRAME(weighted_float8, ge_read_weighted_float8_row, GE_MOMENTS_ALL)
FRAME(weighted_int8, ge_read_weighted_int8_row, GE_MOMENTS_ALL)
FRAME(weighted_bool, ge_read_weighted_bool_row, GE_MOMENTS_ALL)
FRAME(exact_sum, ge_read_float8_row, 0)

static void
open_frame(FunctionCallInfo fcinfo, GeMoments *moments)
{
	GeFrame *frame = (GeFrame *) PG_GETARG_POINTER(0);

	ge_state_open(frame->state, moments);
	if (frame->least.end > frame->least.first)
	{
		moments->least = entry_at(&frame->least, frame->least.first)->value;
		/* -0 becomes 0 */
		moments->greatest =
			0.0 - entry_at(&frame->greatest, frame->greatest.first)->value;
	}
}

Datum
ge_moments_frame_final(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	open_frame(fcinfo, &moments);
	PG_RETURN_DATUM(ge_moments_datum(&moments));
}

Datum
ge_exact_sum_frame_final(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	open_frame(fcinfo, &moments);
	return ge_exact_sum(fcinfo, &moments);
}

Datum
ge_exact_avg_frame_final(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	open_frame(fcinfo, &moments);
	return ge_exact_avg(fcinfo, &moments);
}
