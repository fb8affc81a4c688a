/*
 * text.c: the canonical text of moments, printed and read.
 *
 * It is the same under all settings.  The words stand in one order, with one space
 * between two.  Numbers may be written in more than one way; equal numbers are equal.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"

#include "moments/moments.h"

static void
print_number(StringInfo out, const char *word, const GeNumber *number)
{
	appendStringInfoString(out, word);
	ge_number_print(out, number);
}

static void
print_bound(StringInfo out, const char *word, double bound)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(bound, digits);
	appendStringInfo(out, "%s%s", word, digits);
}

void
ge_moments_print(StringInfo out, const GeMoments *moments)
{
	GeNumber targets;

	appendStringInfo(out, "rows=" UINT64_FORMAT " targets=" UINT64_FORMAT,
					 moments->n_rows, moments->n_target);
	ge_number_of_uint64(&targets, moments->n_target);
	if (!ge_number_equal(&moments->weight, &targets))
		print_number(out, " weight=", &moments->weight);
	if (moments->weight.n == 0)
		return;
	print_number(out, " sum=", &moments->sum);
	if ((moments->parts & GE_MOMENTS_SQUARES) != 0)
		print_number(out, " squares=", &moments->squares);
	if ((moments->parts & GE_MOMENTS_LEAST) != 0)
		print_bound(out, " least=", moments->least);
	if ((moments->parts & GE_MOMENTS_GREATEST) != 0)
		print_bound(out, " greatest=", moments->greatest);
}

/* ------------------------------------------------------------------------- read */

/* Whether the text goes on with this word; *at moves behind it. */
static bool
skip_word(const char **at, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*at, word, length) != 0)
		return false;
	*at += length;
	return true;
}

static bool
parse_count(const char **at, uint64 *count)
{
	GeNumber number;

	if (!ge_number_parse(at, &number) || number.negative ||
		!ge_number_within(&number, 0, 0))
		return false;
	*count = number.n > 0 ? number.words[0] : 0;
	return true;
}

/* Longer than any double needs. */
#define MOST_CHARACTERS_OF_BOUND 400

/* strtod() reads infinity, hexadecimal digits and more: not from these characters. */
static bool
parse_bound(const char **at, double *bound)
{
	size_t length = strspn(*at, "0123456789+-.eE");
	char *end;

	if (length == 0 || length > MOST_CHARACTERS_OF_BOUND)
		return false;
	*bound = strtod(*at, &end) + 0.0; /* -0 becomes 0 */
	if (end != *at + length || !isfinite(*bound))
		return false;
	*at = end;
	return true;
}

/* A word that may be missing, with its number; what is wrong, or NULL. */
static const char *
parse_part(const char **at, const char *word, GeNumber *number, bool *given)
{
	*given = skip_word(at, word);
	if (*given && !ge_number_parse(at, number))
		return "a number cannot be read";
	return NULL;
}

/* What follows the sum. */
static const char *
parse_parts(const char **at, GeMoments *moments)
{
	bool given;
	const char *wrong = parse_part(at, " squares=", &moments->squares, &given);

	if (wrong != NULL)
		return wrong;
	if (!given)
		moments->parts &= ~GE_MOMENTS_SQUARES;
	if (!skip_word(at, " least="))
		moments->parts &= ~GE_MOMENTS_LEAST;
	else if (!parse_bound(at, &moments->least))
		return "the least value cannot be read";
	if (!skip_word(at, " greatest="))
		moments->parts &= ~GE_MOMENTS_GREATEST;
	else if (!parse_bound(at, &moments->greatest))
		return "the greatest value cannot be read";
	return NULL;
}

const char *
ge_moments_parse(const char *at, GeMoments *moments)
{
	const char *wrong;
	bool given;

	ge_moments_clear(moments);
	if (!skip_word(&at, "rows=") || !parse_count(&at, &moments->n_rows))
		return "the first word does not begin with \"rows=\" and a whole number";
	if (!skip_word(&at, " targets=") || !parse_count(&at, &moments->n_target))
		return "after the rows there is no \" targets=\" with a whole number";
	ge_number_of_uint64(&moments->weight, moments->n_target);
	wrong = parse_part(&at, " weight=", &moments->weight, &given);
	if (wrong == NULL)
		wrong = parse_part(&at, " sum=", &moments->sum, &given);
	if (wrong == NULL && moments->weight.n > 0 && !given)
		wrong = "there is a weight, but no \" sum=\"";
	if (wrong == NULL && given)
		wrong = parse_parts(&at, moments);
	if (wrong == NULL && *at != '\0')
		wrong = "the text goes on after its end";
	return wrong != NULL ? wrong : ge_moments_check(moments);
}
