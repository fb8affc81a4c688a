/*
 * settings.h: the gpu_encode.* settings, as variables.  settings.c describes each.
 */
#ifndef GE_BASE_SETTINGS_H
#define GE_BASE_SETTINGS_H

typedef enum GeBackendChoice
{
	GE_BACKEND_AUTO,
	GE_BACKEND_CPU,
	GE_BACKEND_CUDA
} GeBackendChoice;

typedef enum GePageWriterChoice
{
	GE_PAGE_WRITER_AUTO,
	GE_PAGE_WRITER_OFF
} GePageWriterChoice;

extern int ge_setting_backend;				/* GeBackendChoice */
extern int ge_setting_context_idle_timeout; /* seconds; 0: never */
extern char *ge_setting_devices;			/* ge_settings_parse_devices() reads it */
extern int ge_setting_gpu_memory_limit;		/* MB; 0: what is free */
extern bool ge_setting_log_stages;
extern int ge_setting_max_workers;
extern int ge_setting_min_gpu_rows;
extern int ge_setting_page_writer; /* GePageWriterChoice */
extern char *ge_setting_s3_allowed_endpoints;
extern char *ge_setting_s3_ca_file;
extern int ge_setting_s3_connect_timeout; /* ms */
extern int ge_setting_s3_max_attempts;
extern int ge_setting_s3_part_size; /* kB */
extern int ge_setting_s3_requests;
extern int ge_setting_s3_stall_timeout; /* s */
extern int ge_setting_threads;			/* 0: as many as there are processors */

extern void ge_settings_init(void);

/* Devices that a list may have, and that are listed. */
#define GE_MAX_DEVICES 64
/*
 * Read the numbers of a list like "0,1" into devices (room for GE_MAX_DEVICES) and return
 * their count.  *problem is NULL before; after a malformed list it says what is wrong.
 */
extern int ge_settings_parse_devices(const char *list, int *devices,
									 const char **problem);

#endif /* GE_BASE_SETTINGS_H */
