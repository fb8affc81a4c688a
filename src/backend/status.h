/*
 * status.h: how an operation of a backend ends.
 */
#ifndef GE_BACKEND_STATUS_H
#define GE_BACKEND_STATUS_H

typedef enum GeStatus
{
	GE_OK = 0,
	GE_CANCELLED,			/* cancelled() answered true */
	GE_OUT_OF_MEMORY,		/* of the host or the device; the message says which */
	GE_SUM_OVERFLOW,		/* a sum or an encoding is beyond the range of a double */
	GE_TOO_MANY_CATEGORIES, /* more than GE_MAX_CATEGORIES in one dictionary */
	GE_DEVICE_UNUSABLE,		/* no device, no driver, or none that fits */
	GE_DEVICE_LOST,			/* sticky device error: this process cannot use it again */
	GE_INTERNAL,			/* a defect: the message says where */
	GE_BAD_STATISTICS,		/* ready-made statistics that no rows can have */
	GE_UNSUPPORTED			/* an accumulator or a finish that the backend lacks */
} GeStatus;

typedef struct GeError
{
	GeStatus status;
	char message[512]; /* one line, English, no trailing period, never user data */
} GeError;

/* A backend opened for one call: its threads, its device, its memory. */
typedef struct GeContext GeContext;

#endif /* GE_BACKEND_STATUS_H */
