/*
 * fake_backend.h: what the files of the fake GPUs share.
 */
#ifndef GE_FAKE_BACKEND_H
#define GE_FAKE_BACKEND_H

#include "backend/backend.h"

struct GeContext
{
	GeContext *inner; /* of the CPU backend */
	GeContextOptions options;
	int device;
	/* what the first call that needs a device answers, where it was to start later */
	GeError start_error;
	bool has_failed;
	long n_objects;
	char name[64];
};

/* Give that status, with its message. */
extern GeStatus fake_answer(GeError *error, GeStatus status, const char *message);
/* Every call on a context begins so: it does what the file orders for the call. */
extern GeStatus fake_begin(GeContext *context, const char *call, GeError *error);
/* A call that takes rows: a slow device takes longer. */
extern GeStatus fake_begin_rows(GeContext *context, const char *call, GeError *error);
/* Put the operations on dictionaries and targets into the table. */
extern void fake_objects(GeBackend *backend);

#endif /* GE_FAKE_BACKEND_H */
