/*
 * window_sort.h: sorting keys by windows of 64 bits, as many as it takes.
 *
 * Pairs are sorted by their windows (key_window.h; an int64 key is wholly in its window).
 * Keys that stay tied get a window further on, behind the old one and behind all bytes
 * that they still share, and are sorted again.  No byte of a key is looked at more than
 * twice, so nothing is quadratic, however long common prefixes are.
 */
#ifndef GE_CPU_WINDOW_SORT_H
#define GE_CPU_WINDOW_SORT_H

#include "cpu/dictionary.h"
#include "cpu/key_window.h"
#include "cpu/pair_sort.h"

/*
 * Sort n pairs whose keys are windows at `depth`; their dictionary keys are equal up to
 * `depth`. scratch has room for n more.
 */
extern GeStatus ge_sort_windows(const GeDictionary *dictionary, GePair *pairs,
								GePair *scratch, uint64_t n, uint32_t depth,
								GeWork *work);

#endif /* GE_CPU_WINDOW_SORT_H */
