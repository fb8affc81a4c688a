# gpu_encode: make, make install, make test, make demo. README.md explains; CONTRIBUTING.md lists every target.

# "make install" by root knows nothing of what "make" was told, nor where nvcc was: it goes by what that left behind
ifeq ($(MAKECMDGOALS),install)
-include build/choice
endif
include scripts/s3.mk

MODULE_big = gpu_encode
EXTENSION = gpu_encode gpu_encode_aws_s3
DATA = $(wildcard sql/*--*.sql)
OBJS = $(patsubst %.c,%.o,$(filter-out $(s3_left_out),$(sort $(wildcard src/*.c src/*/*.c))))
REGRESS = $(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test

# PostgreSQL 16 and later hide what is not marked PGDLLEXPORT; the first two flags make 15 do so too.
GE_VERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" gpu_encode.control)
PG_CPPFLAGS = -Isrc -DPGDLLEXPORT='__attribute__((visibility("default")))' -MMD -MP
# Compilers that the tree was not tried with warn of more: "make WERROR=" goes on.
WERROR ?= -Werror
PG_CFLAGS = -fvisibility=hidden -std=gnu11 -O2 -ffp-contract=off -Wall -Wextra -Wmissing-prototypes -Wshadow -Wvla $(WERROR) \
	-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -Wno-declaration-after-statement -pthread
SHLIB_LINK = -pthread $(S3_LIBS)
EXTRA_CLEAN = $(OBJS:.o=.d) build

# no bitcode: the server's JIT would compile it for the host and may fuse products
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)

# What stands below the border finds no header of the server (src/README.md).
server_free := $(filter src/backend/% src/cpu/% src/csv/%,$(OBJS))
$(server_free): private override CPPFLAGS := -Isrc -D_GNU_SOURCE -MMD -MP $(filter -D_FORTIFY_SOURCE=%,$(CPPFLAGS))

# the one file that knows the version
src/sql/info.o: private override CPPFLAGS += -DGE_VERSION='"$(GE_VERSION)"'
src/sql/info.o: gpu_encode.control

# "make install prefix=..." is for extension_control_path and dynamic_library_path; every version of PostgreSQL gets the
# directories that PostgreSQL 18 uses.
ifeq ($(origin prefix),command line)
override datadir = $(prefix)/share$(prefix_directory)
override pkglibdir = $(prefix)/lib$(prefix_directory)
prefix_directory = $(if $(findstring pgsql,$(prefix))$(findstring postgres,$(prefix)),,/postgresql)
endif

# Another server, compiler or set of flags means other objects; zlib and libzstd concern two of them.
compression := src/s3/compress.o src/s3/decompress.o
$(compression): private override CPPFLAGS += $(S3_CPPFLAGS)
$(compression): build/compression
$(OBJS): build/flags
build/flags: all_flags = $(VERSION) $(CC) $(CFLAGS) $(CPPFLAGS)
build/compression: all_flags = $(S3_CPPFLAGS)
build/flags build/compression: build/force
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(all_flags))' | cmp -s - $@ || echo '$(subst ','\'',$(all_flags))' >$@
# written only when it differs: "make install" by root must not leave a file of root's
choice = printf '%s ?= %s\n' WITH_S3 '$(WITH_S3)' WITH_CUDA '$(WITH_CUDA)' ARCH '$(ARCH)' built_with_nvcc '$(NVCC)'
all: build/choice
build/choice: build/force
	@mkdir -p $(@D)
	@$(choice) | cmp -s - $@ || $(choice) >$@
.PHONY: build/force
-include $(wildcard $(OBJS:.o=.d))

all: s3-said
.PHONY: s3-said
s3-said: | all-lib
	@echo 'S3: $(s3_said)'

include scripts/cuda.mk
include scripts/client.mk

clean: clean-tests
.PHONY: clean-tests
clean-tests:
	@for makefile in $(wildcard test/unit/Makefile test/*_probe/Makefile); do \
		$(MAKE) --no-print-directory -C "$${makefile%/Makefile}" clean PG_CONFIG='$(PG_CONFIG)' || exit 1; \
	done
else
all install installcheck clean:
	@echo '$(PG_CONFIG) knows no PostgreSQL development files: "make deps" installs them, PG_CONFIG=... names others' >&2
	@exit 1
endif

# What follows works on a bare machine: each script installs the packages that it needs and are missing.
export PG_CONFIG WITH_CUDA CUDA_HOME COPT ARCH
.PHONY: deps demo deb dist test test-long test-s3-full bench check-tree
deps:
	@scripts/install-packages build test check
deb:
	@scripts/build-deb
dist:
	@scripts/make-dist
demo:
	@TRAIN='$(TRAIN)' VALIDATION='$(VALIDATION)' scripts/demo
test:
	@test/run
test-s3-full:
	@test/run build && GE_TEST_DIRECTORY=test/stages-s3-full test/run
test-long:
	@GE_TEST_LONG=1 test/run
bench:
	@test/bench/run
check-tree:
	@test/run check
