/*
 * idle.h: the process' CUDA contexts given back when none was used for a while.
 *
 * A CUDA context takes half a gigabyte of device memory and half a second to make, and
 * stays after the last GeContext was closed.  With a timeout a thread of this library
 * (all signals blocked) destroys those of all devices so many seconds later.
 */
#ifndef GE_CUDA_IDLE_H
#define GE_CUDA_IDLE_H

/* A GeContext is about to be opened: nothing is given back from here on. */
void ge_cuda_idle_opening(void);
/* It was closed, or could not be opened; timeout in seconds, 0: never. */
void ge_cuda_idle_closed(int device, int timeout);

#endif /* GE_CUDA_IDLE_H */
