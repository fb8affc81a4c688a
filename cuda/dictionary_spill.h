/*
 * dictionary_spill.h: a dictionary whose keys do not fit the device's memory.
 *
 * When a table cannot grow, splitters sampled from its keys cut the range of keys into
 * leaves.  From then on rows whose key is in the table get their ids at once; the others
 * wait: their keys go to the file of their leaf, in the order of the rows, and in the place
 * of their id stands GE_ID_WAITING | leaf.  A flush moves the table's keys to their leaves
 * on the host and then completes leaf after leaf: a dictionary of its own (the child)
 * takes the leaf's known keys and then its rows; new keys get the next ids.  A child that
 * does not fit is spilled in its turn, and its leaves take the place of the leaf.  Last,
 * one pass over the waiting rows puts their ids in place, each leaf's in the order of its
 * rows.
 *
 * After the first flush all keys are on the host and every row added waits.  A leaf is a
 * range of keys, so sorting goes leaf by leaf.
 *
 *   resident   the table holds keys, leaves hold none (until the first flush)
 *   evicted    the leaves hold all keys; there is no table
 */
#ifndef GE_CUDA_DICTIONARY_SPILL_H
#define GE_CUDA_DICTIONARY_SPILL_H

#include "dictionary_splitters.h"
#include "dictionary_step.h"
#include "key_store.h"
#include "spill_file.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* Rows of one step that wait in one leaf, as they stand in its file. */
	typedef struct GeRowChunk
	{
		uint64_t at; /* values; or where keys end (uint32_t), then their bytes */
		uint32_t n_rows;
		uint32_t base; /* what the ends count from */
		uint32_t n_bytes;
	} GeRowChunk;

	typedef struct GeLeaf
	{
		GeKeyStore keys; /* known ones, once evicted */
		uint32_t *ids;	 /* of them */
		GeRowChunk *chunks;
		uint32_t n_chunks, chunk_capacity;
		uint64_t n_rows;   /* of the chunks */
		uint32_t *row_ids; /* their ids, while a flush completes them: of GeSpill's */
	} GeLeaf;

	/* A step with waiting rows: where the ids of all its rows go. */
	typedef struct GeWaitingStep
	{
		uint64_t first; /* of GeSpill.destinations */
		uint32_t n;
	} GeWaitingStep;

	typedef struct GeSpill
	{
		GeSplitters splitters; /* n_leaves - 1 */
		GeBuffer device_splitters;
		GeSplitterView view;
		GeLeaf *leaves;
		uint32_t n_leaves;
		bool is_resident;
		GeSpillFiles files; /* leaf i uses file i modulo their number */

		uint64_t n_waiting; /* rows */
		uint32_t *row_ids;	/* of all of them, leaf after leaf, during a flush */
		uint64_t row_id_bytes;
		GeSegment *destinations;
		uint64_t n_destinations, destination_capacity;
		GeWaitingStep *steps;
		uint64_t n_steps, step_capacity;
		uint64_t *before; /* n_leaves a step: rows of each leaf before it */

		uint32_t *leaf_starts; /* evicted: keys of the leaves before each, and of all */
		uint32_t *places;	   /* by id - 1: place of its key among all; NULL: not yet */
	} GeSpill;

	/* Memory through which the waiting rows of one step pass, of one context. */
	typedef struct GeSpillRoom
	{
		GeBuffer leaves, rows, by_leaf, rows_sorted, starts, ends, temp, out;
		GePinned h_starts, h_ends, h_out;
		size_t h_bytes[3];
	} GeSpillRoom;

	/*
	 * The table cannot grow, as *error says: from now on keys that it lacks wait.  That
	 * very error where there is nothing to split.
	 */
	GeStatus ge_spill_begin(GeDictionary *dictionary, GeError *error);
	/* Move the table's keys to the host; no step of the dictionary is under way. */
	GeStatus ge_spill_evict(GeDictionary *dictionary, GeError *error);
	/* Evict dictionaries, this one left out, whose tables are large. */
	GeStatus ge_spill_make_way(GeContext *context, const GeDictionary *dictionary,
							   GeError *error);
	/* The rows of a step that were not found: to the files. */
	GeStatus ge_spill_step(GeStep *step, GeError *error);
	/* Give all waiting rows their ids; no step is under way. */
	GeStatus ge_spill_complete(GeDictionary *dictionary, GeError *error);
	bool ge_is_evicted(const GeDictionary *dictionary);
	/* The operations on an evicted dictionary. */
	GeStatus ge_spill_sort(GeDictionary *dictionary, uint32_t first, uint32_t count,
						   uint32_t *ids, GeError *error);
	GeStatus ge_spill_keys(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
						   int64_t *values, uint64_t *offsets, uint8_t *bytes,
						   GeError *error);
	void ge_spill_free(GeDictionary *dictionary);
	void ge_leaf_free(GeLeaf *leaf);
	void ge_spill_room_free(GeContext *context);

	/* A dictionary for the keys of one leaf of another. */
	GeStatus ge_spill_child(GeDictionary *dictionary, GeDictionary **child,
							GeError *error);
	/* Ids that are worked on at a time, so that little memory is enough. */
	uint32_t ge_spill_ids_at_a_time(const GeContext *context);
	/* Add those keys of a leaf whose ids are in first..last; ids in the child. */
	GeStatus ge_spill_add_known(GeDictionary *child, const GeLeaf *leaf, uint32_t first,
								uint32_t last, uint32_t *locals, uint32_t *n,
								GeError *error);
	/* Add the waiting rows of leaf number `number`; their ids go to its row_ids. */
	GeStatus ge_spill_add_rows(GeDictionary *dictionary, uint32_t number,
							   GeDictionary *child, GeError *error);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_SPILL_H */
