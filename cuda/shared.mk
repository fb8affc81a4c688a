# Files of ../src that the backend is linked with: the arithmetic, the checks and the threads that both backends share.
SHARED_OBJECTS := checks.c.o float_mode.c.o threads.c.o
