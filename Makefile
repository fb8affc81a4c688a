# gpu_encode: make, make install, make test, make demo. README.md explains; CONTRIBUTING.md lists every target.
MODULE_big = gpu_encode
EXTENSION = gpu_encode
DATA = $(wildcard sql/gpu_encode--*.sql)
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/cpu/*.c)))

PG_CPPFLAGS = -Isrc
PG_CFLAGS = -std=gnu11 -O2 -ffp-contract=off -Wall -Wextra -Wmissing-prototypes -Wshadow -Wvla -Werror \
	-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -Wno-declaration-after-statement -pthread
SHLIB_LINK = -pthread

# no bitcode: the server's JIT would compile it for the host and may fuse products
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
