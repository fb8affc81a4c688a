# gpu-encode, the client command: client/Makefile builds it where libpq, the server's libraries for clients and zlib have their
# headers. WITH_CLIENT=yes insists on it, no leaves it out; the last lines of "make" say which was done.
WITH_CLIENT ?= auto
client_missing := $(strip $(if $(filter no,$(WITH_CLIENT)),WITH_CLIENT=no) \
	$(if $(wildcard $(includedir)/libpq-fe.h $(includedir)/postgresql/libpq-fe.h),,no libpq-fe.h) \
	$(if $(wildcard $(pkglibdir)/libpgfeutils.a $(libdir)/libpgfeutils.a),,no libpgfeutils.a) \
	$(if $(filter yes,$(call s3_has,zlib.h)),,no zlib.h))

.PHONY: client install-client uninstall-client
ifneq ($(client_missing),)
client: | all-lib
ifeq ($(WITH_CLIENT),yes)
	@echo 'client: $(client_missing), and WITH_CLIENT=yes insists on it' >&2; exit 1
else
	@echo 'client: left out ($(client_missing))'
endif
else
client: | all-lib
	@$(MAKE) --no-print-directory -C client PG_CONFIG='$(PG_CONFIG)'
	@echo 'client: gpu-encode built'
install: install-client
install-client: client
	@$(MAKE) --no-print-directory -C client install PG_CONFIG='$(PG_CONFIG)' DESTDIR='$(DESTDIR)'
uninstall: uninstall-client
uninstall-client:
	@$(MAKE) --no-print-directory -C client uninstall PG_CONFIG='$(PG_CONFIG)' DESTDIR='$(DESTDIR)'
endif
all: client
