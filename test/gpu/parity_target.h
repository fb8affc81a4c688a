/*
 * parity_target.h: the cases of target encodings and their data.
 */
#ifndef GE_PARITY_TARGET_H
#define GE_PARITY_TARGET_H

#include "parity.h"

/* How the targets of a case are made. */
typedef enum Values
{
	VALUES_BINARY,	   /* int64: 0 or 1 */
	VALUES_SMALL,	   /* int64: -1000..1000 */
	VALUES_INT64,	   /* int64: any */
	VALUES_UNIT,	   /* double: 0 <= x < 1 */
	VALUES_CENTS,	   /* double: -1000.00..1000.00 */
	VALUES_NORMAL,	   /* double: of many magnitudes around 1 */
	VALUES_WIDE,	   /* double: any exponent up to 2^900 */
	VALUES_SUBNORMAL,  /* double: subnormal */
	VALUES_CANCELLING, /* double: 1e20 and its negative among small ones */
	VALUES_HUGE,	   /* double: sums overflow */
	N_VALUES
} Values;

typedef struct Case
{
	const char *name;
	Values values;
	uint32_t n;
	uint32_t n_categories;
	GeSplit split;
	uint32_t n_folds;
	double smooth;
	uint32_t percent; /* this quantile instead of a mean, if it is not 0 */
	bool out_of_fold;
	bool missing_is_category;
	bool with_nulls;
	uint32_t id_width;
	int skew;		/* percent of the rows that have category 1 */
	uint64_t limit; /* of device memory; 0: none */
} Case;

typedef struct Data
{
	GeTargetSpec spec;
	GeFinish single;
	GeFinishSpec finish; /* with that one */
	uint32_t id_width;
	uint8_t *ids;
	uint32_t *folds;
	uint32_t *places;
	uint32_t *visible;
	int64_t *ints;
	double *doubles;
	uint8_t *nulls;
} Data;

extern const char *const parity_values_names[N_VALUES];

void parity_make_data(Data *data, const Case *c);
void parity_free_data(Data *data);
/* Rows [first, first + n) as a backend takes them. */
GeTargetRows parity_rows(const Data *data, const Case *c, uint32_t first, uint32_t n);

#endif /* GE_PARITY_TARGET_H */
