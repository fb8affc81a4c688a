/*
 * row.c: one row counted into a state, or out of it.
 *
 * With y = m 2^e and w = v 2^f: w, w y and w y y are v, v m, v m m times a power of two,
 * up to three words, which are added to the limbs as they are, without rounding.
 */
#include "postgres.h"

#include <math.h>

#include "backend/exact_sum.h"
#include "moments/state.h"

/* A product: words * 2^exponent. */
typedef struct GeProduct
{
	uint64 words[3];
	int exponent;
} GeProduct;

typedef struct GeProducts
{
	GeProduct weight;
	GeProduct sum;
	GeProduct squares;
} GeProducts;

GeRow
ge_row_of_double(double y)
{
	GeRow row = {.value = y + 0.0}; /* -0 becomes 0 */

	ge_double_split(y, &row.mantissa, &row.exponent, &row.negative);
	if (y == 0)
		row.exponent = 0; /* the words of a zero are near those of other numbers */
	row.is_whole = fabs(y) <= PG_INT32_MAX && (double) (int32) y == y;
	return row;
}

GeRow
ge_row_of_int64(int64 y)
{
	GeRow row = {.value = (double) y};

	row.negative = y < 0;
	row.mantissa = y < 0 ? 0 - (uint64) y : (uint64) y;
	row.is_whole = y >= -PG_INT32_MAX && y <= PG_INT32_MAX;
	return row;
}

/* product *= factor, of n words, which become n + 1. */
static inline void
multiply(GeProduct *product, int n, uint64 factor)
{
	uint64 carry = 0;

	for (int i = 0; i < n; i++)
	{
		uint128 partial = (uint128) product->words[i] * factor + carry;

		product->words[i] = (uint64) partial;
		carry = (uint64) (partial >> 64);
	}
	product->words[n] = carry;
}

/* Words: weight 1, sum 1 or with a weight 2, squares 2 or 3. */
static inline void
make_products(const GeRow *row, bool weighted, GeProducts *products)
{
	bool negative;

	products->sum.words[0] = row->mantissa;
	products->sum.exponent = row->exponent;
	products->squares.words[0] = row->mantissa;
	products->squares.exponent = 2 * row->exponent;
	multiply(&products->squares, 1, row->mantissa);
	products->weight.words[0] = 1;
	products->weight.exponent = 0;
	if (!weighted)
		return;
	ge_double_split(row->weight, products->weight.words, &products->weight.exponent,
					&negative);
	if (row->weight == 0)
		products->weight.exponent = 0;
	multiply(&products->sum, 1, products->weight.words[0]);
	multiply(&products->squares, 2, products->weight.words[0]);
	products->sum.exponent += products->weight.exponent;
	products->squares.exponent += products->weight.exponent;
}

/* floor(exponent / 64) */
static inline int
word_of_exponent(int exponent)
{
	return (exponent + 64 * 64) / 64 - 64;
}

/* The words that n words shifted by less than a word touch, and `more` at both sides. */
static inline GeWindow
window_of(const GeProduct *product, int n, int more)
{
	return (GeWindow){(int16) (word_of_exponent(product->exponent) - more),
					  (int16) (n + 1 + 2 * more)};
}

static inline GeWindows
windows_of(const GeState *state, const GeProducts *products, bool weighted, int more)
{
	GeWindows windows = {{0, 0}, window_of(&products->sum, weighted ? 2 : 1, more)};

	if (weighted)
		windows.weight = window_of(&products->weight, 1, more);
	if ((state->parts & GE_MOMENTS_SQUARES) != 0)
		windows.squares = window_of(&products->squares, weighted ? 3 : 2, more);
	return windows;
}

/* limbs, from word `low` on, plus or minus a product of n words. */
static inline void
add_product(int128 *limbs, int low, const GeProduct *product, int n, bool negative)
{
	int word = word_of_exponent(product->exponent);
	int shift = product->exponent - 64 * word;
	int128 sign = negative ? -1 : 0;
	uint64 carry = 0;

	limbs += word - low;
	for (int i = 0; i < n; i++)
	{
		uint128 shifted = ((uint128) product->words[i] << shift) + carry;

		limbs[i] += ((int128) (uint64) shifted ^ sign) - sign;
		carry = (uint64) (shifted >> 64);
	}
	limbs[n] += ((int128) carry ^ sign) - sign;
}

static inline GeState *
add_wide(GeState *state, const GeRow *row, bool weighted, bool remove)
{
	GeWideState *wide = (GeWideState *) state;
	GeProducts products;
	GeWindows windows;

	make_products(row, weighted, &products);
	windows = windows_of(state, &products, weighted, 0);
	if (state->form != GE_FORM_WIDE || !ge_windows_cover(&wide->windows, &windows))
	{
		/* room for rows that are not much greater or smaller */
		windows = windows_of(state, &products, weighted, 1);
		wide = ge_state_widen(state, &windows);
	}
	if (weighted)
		add_product(wide->limbs, wide->windows.weight.low, &products.weight, 1, remove);
	add_product(ge_wide_sum(wide), wide->windows.sum.low, &products.sum, weighted ? 2 : 1,
				row->negative != remove);
	if (windows.squares.n > 0)
		add_product(ge_wide_squares(wide), wide->windows.squares.low, &products.squares,
					weighted ? 3 : 2, remove);
	if (!remove && (!weighted || row->weight > 0))
	{
		wide->least = Min(wide->least, row->value);
		wide->greatest = Max(wide->greatest, row->value);
	}
	return &wide->head;
}

/* Count a whole number out; the state is whole if it was counted into this state. */
static bool
remove_whole(GeState *state, const GeRow *row)
{
	GeWholeState *whole = (GeWholeState *) state;
	int64 y = (int32) row->value;

	if (state->form != GE_FORM_WHOLE)
		return false;
	state->n_rows--;
	state->n_target--;
	whole->sum -= y;
	whole->squares -= state->parts != 0 ? y * y : 0;
	return true;
}

GeState *
ge_state_add(GeState *state, const GeRow *row, bool remove)
{
	if (row->is_whole && !row->has_weight &&
		(remove ? remove_whole(state, row)
				: ge_state_add_whole(state, (int32) row->value)))
		return state;
	state = row->has_weight ? add_wide(state, row, true, remove)
							: add_wide(state, row, false, remove);
	state->n_rows += remove ? -1 : 1;
	state->n_target += remove ? -1 : 1;
	return state;
}
