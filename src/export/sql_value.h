/*
 * sql_value.h: names, constants, and values of columns in SQL.
 */
#ifndef GE_EXPORT_SQL_VALUE_H
#define GE_EXPORT_SQL_VALUE_H

#include "export/export.h"

extern void ge_sql_put_identifier(GeExportBuffer *buffer, const char *name);
extern void ge_sql_put_literal(GeExportBuffer *buffer, const char *value);

/* The value of a part's column k, of a form that equals the constants of its categories. */
extern void ge_sql_put_value(GeExportBuffer *buffer, const GeExportPart *part, int k);
/* Whether that value is the category's text. */
extern bool ge_sql_is_text(const GeEncoderColumn *column);
/* Whether the part is missing: NULL in a column without a null_value. */
extern void ge_sql_put_is_missing(GeExportBuffer *buffer, const GeExportPart *part);

#endif /* GE_EXPORT_SQL_VALUE_H */
