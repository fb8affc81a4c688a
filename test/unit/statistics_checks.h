/*
 * statistics_checks.h: what any backend must hold of statistics that are counted in.
 */
#ifndef GE_STATISTICS_CHECKS_H
#define GE_STATISTICS_CHECKS_H

#include "backend/backend.h"

extern void check_added_statistics(const GeBackend *backend);

#endif /* GE_STATISTICS_CHECKS_H */
