/*
 * cpu_backend.h: the operations of the CPU backend, as cpu_backend.c puts them into its
 * table. backend.h documents each.
 */
#ifndef GE_CPU_CPU_BACKEND_H
#define GE_CPU_CPU_BACKEND_H

#include "backend/backend.h"

/* context.c */
extern GeStatus ge_cpu_open(const GeContextOptions *options, GeContext **context,
							GeTraits *traits, GeError *error);
extern void ge_cpu_close(GeContext *context);

/* devices.c */
extern GeStatus ge_cpu_devices(GeDeviceInfo *infos, int32_t max, int32_t *n,
							   bool (*cancelled)(void *arg), void *cancelled_arg,
							   GeError *error);

/* dictionary.c */
extern GeStatus ge_cpu_dictionary_create(GeContext *context, GeKeyKind kind,
										 GeDictionary **dictionary, GeError *error);
extern void ge_cpu_dictionary_free(GeDictionary *dictionary);
extern GeStatus ge_cpu_dictionary_add(GeContext *context, uint32_t n,
									  GeDictionary *const *dictionaries,
									  const GeKeys *keys, uint32_t *const *ids,
									  GeError *error);
extern uint32_t ge_cpu_dictionary_size(const GeDictionary *dictionary);

/* dictionary_sort.c */
extern GeStatus ge_cpu_dictionary_sort(GeDictionary *dictionary, uint32_t first,
									   uint32_t count, uint32_t *ids, GeError *error);

/* dictionary_keys.c */
extern GeStatus ge_cpu_dictionary_keys(GeDictionary *dictionary, const uint32_t *ids,
									   uint32_t count, int64_t *values, uint64_t *offsets,
									   uint8_t *bytes, GeError *error);

/* target.c */
extern const GeTargetAbilities ge_cpu_target_abilities;
extern GeStatus ge_cpu_target_create(GeContext *context, const GeTargetSpec *spec,
									 GeTarget **target, GeError *error);
extern void ge_cpu_target_free(GeTarget *target);
extern GeStatus ge_cpu_target_add(GeTarget *target, const GeTargetRows *rows,
								  GeError *error);
extern GeStatus ge_cpu_target_finish(GeTarget *target, const GeFinishSpec *spec,
									 GeTargetTotals *totals, double *unseen,
									 GeError *error);
extern GeStatus ge_cpu_target_rows(GeTarget *target, const GeTargetRows *rows,
								   double *const *encodings, GeError *error);

/* Rows that one task of ge_cpu_target_rows() looks up. */
#define GE_ROWS_PER_LOOKUP UINT32_C(16384)

/* target_add_statistics.c */
extern GeStatus ge_cpu_target_add_statistics(GeTarget *target, uint32_t n,
											 const uint32_t *ids, const uint32_t *folds,
											 const GeTargetStatistics *statistics,
											 GeError *error);

/* target_statistics.c */
extern GeStatus ge_cpu_target_statistics(GeTarget *target, uint32_t first_id,
										 uint32_t count,
										 const GeTargetStatistics *statistics,
										 double *const *encodings, GeError *error);

#endif /* GE_CPU_CPU_BACKEND_H */
