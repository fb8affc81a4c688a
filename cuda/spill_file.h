/*
 * spill_file.h: temporary files for what neither the device nor the host should hold.
 *
 * A GeSpillFiles is a few files without names: they are unlinked as soon as they are open,
 * so that they end with the process however that ends.  There are several because a
 * kernel lets one thread at a time write to a file.
 */
#ifndef GE_CUDA_SPILL_FILE_H
#define GE_CUDA_SPILL_FILE_H

#include "context.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_SPILL_FILES 8

	typedef struct GeSpillFiles
	{
		bool is_open;
		int fd[GE_SPILL_FILES];
		uint64_t size[GE_SPILL_FILES];
	} GeSpillFiles;

	/* Bytes on their way to or from file number `file`. */
	typedef struct GeSpillPiece
	{
		uint32_t file;
		uint64_t at; /* where they stand there; a write says so */
		void *data[2];
		uint64_t bytes[2];
		int failed; /* errno */
	} GeSpillPiece;

	/* Append n pieces, each to its file; the files are made by the first write. */
	GeStatus ge_spill_write(GeContext *context, GeSpillFiles *files, GeSpillPiece *pieces,
							uint32_t n, GeError *error);
	GeStatus ge_spill_read(GeContext *context, const GeSpillFiles *files,
						   GeSpillPiece *pieces, uint32_t n, GeError *error);
	/* The same for some bytes of one file, on the calling thread: 0 or errno. */
	int ge_spill_get(const GeSpillFiles *files, uint32_t file, uint64_t at, void *data,
					 uint64_t bytes);
	/* Forget what they hold; the files stay. */
	GeStatus ge_spill_empty(GeContext *context, GeSpillFiles *files, GeError *error);
	void ge_spill_close(GeSpillFiles *files);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_SPILL_FILE_H */
