/*
 * crew.h: pieces of work done by several threads and taken in order by one.
 *
 * The thread that starts a crew is its leader.  Pieces 0, 1, 2, ... are begun in that
 * order, each by any free thread.  The leader takes finished pieces in that order.  While
 * the next piece to take is not finished, the leader works on pieces too.  A piece has a
 * slot from its beginning to its release, so the number of slots bounds the memory.
 *
 * Plain C, no PostgreSQL header.  The other threads run with all signals blocked.  If a
 * thread cannot be started, the crew works without that thread; a crew of one works too.
 */
#ifndef GE_OUTPUT_CREW_H
#define GE_OUTPUT_CREW_H

#include <stdbool.h>
#include <stdint.h>

typedef struct GeCrew GeCrew;

typedef struct GeCrewJob
{
	uint64_t n_pieces;
	uint32_t n_threads; /* the leader counted, >= 1 */
	uint32_t n_slots;	/* >= 1 */
	/* Do a piece, on any thread; false: it failed, and nothing more is begun. */
	bool (*work)(void *arg, uint64_t piece, uint32_t slot);
	void *arg;
} GeCrewJob;

typedef enum GeCrewTurn
{
	GE_CREW_TAKEN,	/* the next piece is the leader's until ge_crew_release() */
	GE_CREW_WORKED, /* not yet: the leader has done a piece or waited; call again */
	GE_CREW_FAILED	/* a piece failed */
} GeCrewTurn;

/* No piece may begin before ge_crew_allow().  NULL: no memory. */
extern GeCrew *ge_crew_start(const GeCrewJob *job);
/* Pieces below this number may begin. */
extern void ge_crew_allow(GeCrew *crew, uint64_t n_pieces);

/* The leader's: take the next piece.  There must be one that may begin. */
extern GeCrewTurn ge_crew_take(GeCrew *crew, uint32_t *slot);
/* The piece taken last is done with: its slot may serve again. */
extern void ge_crew_release(GeCrew *crew);

/*
 * Called by work, once for each piece: give the piece `amount` numbers of a sequence from
 * 0.  *base is the first of them: the sum of the amounts of all earlier pieces.  Waits
 * until the piece before has called.  False: that piece failed.
 */
extern bool ge_crew_number(GeCrew *crew, uint64_t piece, uint64_t amount, uint64_t *base);

/* Begin nothing more, wait for pieces under way, end the threads; NULL is allowed. */
extern void ge_crew_stop(GeCrew *crew);

#endif /* GE_OUTPUT_CREW_H */
