/*
 * job.h: preprocess, fit and transform over relations and files of this machine.
 */
#ifndef GE_CLIENT_JOB_H
#define GE_CLIENT_JOB_H

#include "client.h"

/* Add the options that files of this machine have: --column-types and --overwrite. */
extern void job_add_file_options(Function *function);
/* Run the call; returns the exit code. */
extern int job_run(PGconn *connection, const CommandLine *line, Call *call);
/* Leave if an argument that has to be a URI is none. */
extern void job_check_uris(const Call *call);

#endif /* GE_CLIENT_JOB_H */
