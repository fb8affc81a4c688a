/*
 * old_driver.c: as much of NVIDIA's driver library as tells its version: CUDA 9.2.
 */
extern int cuInit(unsigned flags);
extern int cuDriverGetVersion(int *version);

int
cuInit(unsigned flags)
{
	(void) flags;
	return 0;
}

int
cuDriverGetVersion(int *version)
{
	*version = 9020;
	return 0;
}
