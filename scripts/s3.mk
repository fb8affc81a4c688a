# The S3 functions need libcurl; gzip and zstd need zlib and libzstd. What has no headers here is left out: without libcurl the
# S3 functions say so when called (src/sql/s3_missing.c), without the others only that compression is refused.
# WITH_S3=no leaves S3 out, WITH_S3=yes insists on it.
WITH_S3 ?= auto
s3_has = $(shell printf '\043include <%s>\nint main(void) { return 0; }\n' $(1) | $(CC) -x c -fsyntax-only - 2>/dev/null && echo yes)
s3_curl := $(if $(filter no,$(WITH_S3)),,$(call s3_has,curl/curl.h))
ifeq ($(WITH_S3)$(s3_curl),yes)
$(error WITH_S3=yes, and there are no headers of libcurl)
endif
ifeq ($(s3_curl),yes)
s3_left_out := src/sql/s3_missing.c
S3_LIBS := -lcurl
ifeq ($(call s3_has,zlib.h),yes)
S3_CPPFLAGS += -DGE_WITH_ZLIB
S3_LIBS += -lz
endif
ifeq ($(call s3_has,zstd.h),yes)
S3_CPPFLAGS += -DGE_WITH_ZSTD
S3_LIBS += -lzstd
endif
else
s3_left_out := $(filter-out src/sql/s3_missing.c,$(wildcard src/s3/*.c src/files/*.c src/sql/s3*.c))
endif
comma := ,
s3_said = $(if $(s3_curl),with libcurl$(if $(filter -lz,$(S3_LIBS)),$(comma) gzip)$(if $(filter -lzstd,$(S3_LIBS)),$(comma) zstd),left out$(if $(filter no,$(WITH_S3)), (WITH_S3=no),$(comma) no libcurl found))
