/*
 * texts.c: texts of categories as values of a column, by id.
 *
 * The keys of a dictionary become values in blocks of memory, some thousands at a time, so
 * that they are not in memory twice.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "output/texts.h"

/* Keys that are fetched from the backend at once. */
#define BLOCK_KEYS 16384
/* Bytes that texts may take: for each row, and for small tables. */
#define BYTES_OF_ROW 8
#define BYTES_OF_TABLE 16777216

static Size
size_of_value(const GeKeyList *keys, uint32 i)
{
	return INTALIGN(VARHDRSZ + (keys->offsets[i + 1] - keys->offsets[i]));
}

/* Values of the ids from `first` on.  False if there is no room for them. */
static bool
add_block(GeTexts *texts, const GeKeyList *keys, uint32 first, Size *room)
{
	Size bytes = 0;
	char *at;

	for (uint32 i = 0; i < keys->n; i++)
		bytes += size_of_value(keys, i);
	if (bytes > *room)
		return false;
	*room -= bytes;
	at = palloc_extended(Max(bytes, 1), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < keys->n; i++)
	{
		Size length = keys->offsets[i + 1] - keys->offsets[i];

		SET_VARSIZE(at, VARHDRSZ + length);
		memcpy(VARDATA(at), keys->bytes + keys->offsets[i], length);
		texts->values[first + i] = PointerGetDatum(at);
		texts->longest = Max(texts->longest, VARHDRSZ + length);
		at += size_of_value(keys, i);
	}
	return true;
}

/* The texts of a column.  False if they take more than *room bytes, which shrinks. */
static bool
fetch_column(GeTexts *texts, const GeRun *run, int column, Size *room)
{
	const GeCategories *categories = &run->categories[column];
	Size bytes = sizeof(Datum) * ((Size) categories->n_all + 1);
	uint32 ids[BLOCK_KEYS];
	bool fits = bytes <= *room;

	*texts = (GeTexts){.column = column};
	if (!fits)
		return false;
	*room -= bytes;
	texts->values = palloc_extended(bytes, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint32 done = 0; done < categories->n_all && fits; done += BLOCK_KEYS)
	{
		uint32 n = Min(categories->n_all - done, BLOCK_KEYS);
		GeKeyList keys;

		CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < n; i++)
			ids[i] = done + 1 + i;
		ge_compute_keys(run->compute, categories->dictionary, categories->kind, ids, n,
						&keys);
		fits = add_block(texts, &keys, done + 1, room);
		ge_key_list_free(&keys);
	}
	return fits;
}

bool
ge_text_columns_fetch(GeTextColumns *columns, const GeRun *run,
					  const GePlanSource *source, uint64 n_rows)
{
	Size room = Max(BYTES_OF_ROW * n_rows, BYTES_OF_TABLE);

	columns->n = 0;
	columns->texts = palloc_array(GeTexts, source->n_kept_categories + 1);
	columns->of_kept = palloc_array(int, source->n_kept + 1);
	for (int i = 0; i < source->n_kept; i++)
	{
		columns->of_kept[i] = -1;
		if (source->kept_category[i] < 0)
			continue;
		columns->of_kept[i] = columns->n;
		if (!fetch_column(&columns->texts[columns->n++], run, source->kept_category[i],
						  &room))
			return false;
	}
	return true;
}

/* One loop for each width of ids; returns whether any is missing. */
#define DEFINE_VALUES_OF(name, type)                                                     \
	static bool name(const Datum *values, const type *ids, uint32 n, Datum *row_values,  \
					 uint8 *is_null)                                                     \
	{                                                                                    \
		bool any_null = false;                                                           \
                                                                                         \
		for (uint32 row = 0; row < n; row++)                                             \
		{                                                                                \
			row_values[row] = values[ids[row]];                                          \
			is_null[row] = ids[row] == GE_ID_MISSING;                                    \
			any_null |= is_null[row];                                                    \
		}                                                                                \
		return any_null;                                                                 \
	}
DEFINE_VALUES_OF(values_of_bytes, uint8)
DEFINE_VALUES_OF(values_of_shorts, uint16)
DEFINE_VALUES_OF(values_of_words, uint32)

bool
ge_texts_of_rows(const GeTexts *texts, const GeSegment *segment, uint32 first, uint32 n,
				 Datum *values, uint8 *is_null)
{
	const GeIds *ids = &segment->ids[texts->column];

	if (ids->width == sizeof(uint8))
		return values_of_bytes(texts->values, (uint8 *) ids->data + first, n, values,
							   is_null);
	if (ids->width == sizeof(uint16))
		return values_of_shorts(texts->values, (uint16 *) ids->data + first, n, values,
								is_null);
	return values_of_words(texts->values, (uint32 *) ids->data + first, n, values,
						   is_null);
}
