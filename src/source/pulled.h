/*
 * pulled.h: what is said of foreign tables whose rows travel, though they might be grouped.
 */
#ifndef GE_SOURCE_PULLED_H
#define GE_SOURCE_PULLED_H

#include "source/grouped.h"

/*
 * A NOTICE for each foreign table whose rows one of the statements (GeGrouped) pulls: why,
 * and what to set.  False: they pull the rows of all foreign tables.
 */
extern bool ge_notice_pulled(List *statements);

#endif /* GE_SOURCE_PULLED_H */
