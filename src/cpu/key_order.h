/*
 * key_order.h: ids that ascend by their keys as they are.
 *
 * Categories of an encoder are added in the order of their keys, and new ones behind them.
 * To find this out takes one comparison for each id; the few new ids are then merged in.
 */
#ifndef GE_CPU_KEY_ORDER_H
#define GE_CPU_KEY_ORDER_H

#include "cpu/dictionary.h"

/* How many of the ids first..first+count-1 ascend by their keys, from `first` on. */
extern GeStatus ge_count_ascending(const GeDictionary *dictionary, uint32_t first,
								   uint32_t count, uint32_t *n_ascending, GeWork *work);
/*
 * Merge the ids first..first+n-1, which ascend by their keys, with n_sorted others, which
 * do, too: n + n_sorted ids.
 */
extern GeStatus ge_merge_ascending(const GeDictionary *dictionary, uint32_t first,
								   uint32_t n, const uint32_t *sorted, uint32_t n_sorted,
								   uint32_t *ids, GeWork *work);

#endif /* GE_CPU_KEY_ORDER_H */
