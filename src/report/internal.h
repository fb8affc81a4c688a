/*
 * internal.h: the content of a report.
 */
#ifndef GE_REPORT_INTERNAL_H
#define GE_REPORT_INTERNAL_H

#include "postgres.h"

#include "encoder/drift.h"
#include "report/report.h"

/* ------------------------------------------------------------------------ figures */

/* Pairs of an encoding x and a target y, in any number of groups (correlation.c). */
typedef struct GePairs
{
	uint64 n;
	double weight; /* of all; pairs count 1 each unless the encoder has weights */
	double x;	   /* means */
	double y;
	double xx; /* squared deviations from them, and products */
	double xy;
	double yy;
} GePairs;

/* n pairs with one x and that mean of y, of that weight together. */
extern void ge_pairs_add(GePairs *pairs, uint64 n, double weight, double x, double y);
/*
 * With the yy of all targets: that of pairs->yy lacks what they deviate from the means of
 * their groups.  ge_no_value(): there is none.
 */
extern double ge_pairs_correlation(const GePairs *pairs, double yy);

/* A category that the page shows. */
typedef struct GeReportCategory
{
	uint64 n_rows;
	uint64 hash; /* of its key */
	bool has_code;
	int32 code;
	double *means;	   /* by target of the part; ge_no_value(): no targets */
	double *encodings; /* by output of the part */
	char *name;		   /* cut */
} GeReportCategory;

/* The best of many, best first (picks.c). */
#define GE_MOST_PICKS 200
typedef struct GePicks
{
	int n;
	struct
	{
		uint64 first; /* larger is better; of equal ones, a larger second is */
		uint64 second;
		GeReportCategory *category;
	} picks[GE_MOST_PICKS];
} GePicks;

extern bool ge_picks_want(const GePicks *picks, uint64 first, uint64 second);
/* A category that is wanted; one that falls out is freed. */
extern void ge_picks_put(GePicks *picks, uint64 first, uint64 second,
						 GeReportCategory *category);

/* An encoding of a part: its mean of a target or class, or else its first statistic. */
typedef struct GeReportView
{
	const GeDriftTarget *target;
	int output; /* of the part */
	const GeEncoderOutput *stat;
	double prior;	/* the encoding of unseen categories */
	double missing; /* that of missing values */
	/* smoothing: |encoding - mean of the targets|, of categories with targets */
	double moved; /* sum over their rows */
	uint64 moved_rows;
	double largest_move;
	char *most_moved; /* that category, cut; NULL: there is none */
	GePairs full;	  /* the encodings of the fitted rows with full statistics */
	/* from the output table: */
	const char *lacks; /* what it has not; NULL: nothing */
	GePairs table;
} GeReportView;

typedef struct GeReportPart
{
	const GeDriftPart *part;
	bool is_label;
	int64 n_codes;
	uint64 n_rows; /* of categories and missing ones */
	uint64 missing;
	uint64 categories; /* that have rows */
	uint64 infrequent; /* rows of rare categories, which share one */
	uint64 singletons; /* categories with one row */
	int n_views;
	GeReportView *views;
	GePicks largest; /* categories with the most rows, and others */
	GePicks others;
} GeReportPart;

struct GeReport
{
	const char *encoder; /* its name */
	const GeEncoderParameters *parameters;
	const char *output; /* the output table; NULL: none */
	uint64 output_rows;
	int n_parts;
	GeDriftPart *drift_parts;
	GeReportPart *parts; /* as those */
};

/* Of all rows of a part. */
static inline double
ge_report_share(const GeReportPart *part, uint64 n)
{
	return part->n_rows == 0 ? 0 : (double) n / (double) part->n_rows;
}

/* Whether a view's encodings are means, which smoothing moves. */
static inline bool
ge_view_is_mean(const GeReportView *view)
{
	return view->stat->stat.kind == GE_FINISH_MEAN;
}

/* Whether the output table has the targets that the encoder learned from. */
extern bool ge_view_is_of_fitted_rows(const GeReportView *view);
/* The correlation of full encodings; ge_no_value(): the table does not tell. */
extern double ge_view_full_correlation(const GeReportView *view);
/* Whether the table's encodings are full ones of the rows that were learned from. */
extern bool ge_view_leaks(const GeReportView *view);

/* ------------------------------------------------------------------------ the page */

/* HTML in the making (html.c). */
typedef struct GeHtml
{
	StringInfoData data;
	const char *encoder; /* for messages */
} GeHtml;

extern void ge_html_put(GeHtml *html, const char *markup);
extern void ge_html_printf(GeHtml *html, const char *format, ...)
	pg_attribute_printf(2, 3);
/* Text of users: nothing in it is markup, or changes how others look. */
extern void ge_html_text(GeHtml *html, const char *string);
/* Numbers as <data> elements, whose attributes have all digits; ge_no_value(): a dash. */
extern void ge_html_count(GeHtml *html, uint64 count);
extern void ge_html_number(GeHtml *html, double number);
extern void ge_html_share(GeHtml *html, double share);

/* <style>, and a drawing of encodings against rows (style.c, chart.c). */
extern void ge_html_style(GeHtml *html);
extern void ge_html_chart(GeHtml *html, const GeReportPart *part,
						  const GeReportView *view);
/* The parts of the page: the table of all columns, a column (summary.c, section.c). */
extern void ge_html_summary(GeHtml *html, const GeReport *report);
extern void ge_html_section(GeHtml *html, const GeReport *report, int part);

#endif /* GE_REPORT_INTERNAL_H */
