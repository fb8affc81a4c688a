/*
 * report.h: an encoder as one page of HTML, to be looked at.
 *
 * The content is read from the encoder's table, and from an output table if one is given.
 * The page is then written from the content alone.  It needs nothing else: no script, no
 * font, no picture from elsewhere, and it forbids the browser to load any.
 */
#ifndef GE_REPORT_H
#define GE_REPORT_H

#include "postgres.h"

#include "encoder/encoder.h"

typedef struct GeReport GeReport;

/* Read an open encoder.  Errors as in encoder/walk.h. */
extern GeReport *ge_report_read(GeEncoder *encoder);
/*
 * Compare encodings in an output table with the targets beside them, with the caller's
 * rights on the columns that are read.  Returns the number of rows.  Errors: 42703 if it
 * has no encoding of the encoder.
 */
extern uint64 ge_report_read_output(GeReport *report, const GeRelationRef *output);
/* The page, a value of type text.  Error: 54000 if it would have over 1 GB. */
extern text *ge_report_page(const GeReport *report);

#endif /* GE_REPORT_H */
