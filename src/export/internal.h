/*
 * internal.h: what the files that read the content of an encoder share.
 */
#ifndef GE_EXPORT_INTERNAL_H
#define GE_EXPORT_INTERNAL_H

#include "encoder/load.h"
#include "export/export.h"

/*
 * Check the rows of a part as transform does, put its categories in order, and set its
 * answers (settle.c).
 */
extern void ge_export_settle(const char *encoder, GeExportPart *part,
							 const GeEncoderPart *loaded);

#endif /* GE_EXPORT_INTERNAL_H */
