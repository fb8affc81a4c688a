/*
 * orders.h: what a test wants of the fake GPUs.
 *
 * The file that the environment variable GE_FAKE_GPU names has a line for each wish:
 *
 *   abi N                   what the library says it was built for
 *   no_driver REASON        there is no device at all
 *   devices N               how many there are; 1 without it
 *   unusable DEVICE REASON
 *   free DEVICE BYTES       what gpu_encode.devices chooses by
 *   memory BYTES            what open() measures estimates against
 *   memory_of DEVICE BYTES  likewise for one device
 *   slow DEVICE MS          every call on rows takes so much longer on this device
 *   fail CALL N STATUS      the N-th such call since open() answers a GeStatus (a number)
 *   hang CALL N             the N-th such call ends when it is cancelled, or after 30 s
 *   late CALL N STATUS      likewise, and answers that status instead of GE_CANCELLED
 *
 * CALL is devices, open or another member of GeBackend; CALL@DEVICE is such a call on that
 * device alone.
 */
#ifndef GE_ORDERS_H
#define GE_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_DEVICES 8
#define MAX_ORDERS 8
#define MEMORY_BYTES (UINT64_C(16) << 30)

/* What is to happen at one call. */
typedef struct Order
{
	char call[32];
	int device; /* -1: any */
	long at;
	long made; /* calls so far */
	int status;
	bool hangs;
} Order;

typedef struct Orders
{
	int n_devices;
	char no_driver[200];
	char unusable[MAX_DEVICES][200];
	unsigned long long free_bytes[MAX_DEVICES];
	unsigned long long memory;
	unsigned long long memory_of[MAX_DEVICES]; /* 0: as memory says */
	long slow[MAX_DEVICES];					   /* milliseconds */
	unsigned abi;
	int n_orders;
	Order orders[MAX_ORDERS];
} Orders;

/* Read that file into *orders, which loses what it had. */
extern void read_orders(Orders *orders);

#endif /* GE_ORDERS_H */
