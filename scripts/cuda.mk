# The CUDA backend, gpu_encode_cuda.so: a library of its own, built by cuda/Makefile and loaded on first use.
# WITH_CUDA=auto builds it where nvcc is found (CUDA_HOME, PATH, /usr/local/cuda), yes insists on it, no leaves it out.
# "make install" takes the nvcc that "make" found, where CUDA_HOME names no other.
# The rest is complete without it; the last line of "make" says what was done.
WITH_CUDA ?= auto
NVCC ?= $(firstword $(wildcard $(CUDA_HOME:%=%/bin/nvcc)) $(wildcard $(built_with_nvcc)) $(shell command -v nvcc) $(wildcard /usr/local/cuda/bin/nvcc))
CUDA_LIBRARY = gpu_encode_cuda.so

cuda_release = $(shell '$(NVCC)' --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')
cuda_missing = $(if $(wildcard cuda/Makefile),$(if $(NVCC),,no nvcc found),no cuda/ in this tree)

.PHONY: cuda-backend
ifeq ($(WITH_CUDA),no)
cuda-backend: | all-lib
	@echo 'CUDA: left out (WITH_CUDA=no), building the CPU backend only'
else ifneq ($(cuda_missing),)
cuda-backend: | all-lib
ifeq ($(WITH_CUDA),yes)
	@echo 'CUDA: $(cuda_missing), and WITH_CUDA=yes insists on it' >&2; exit 1
else
	@echo 'CUDA: $(cuda_missing), building the CPU backend only'
endif
else
cuda-backend: | all-lib
	@$(MAKE) --no-print-directory -C cuda NVCC='$(NVCC)' CUDA_HOME='$(patsubst %/bin/nvcc,%,$(NVCC))' \
		$(if $(ARCH),ARCH='$(ARCH)')
	@echo 'CUDA: built with nvcc $(cuda_release)'

install: install-cuda
.PHONY: install-cuda
install-cuda: cuda-backend installdirs
	$(INSTALL_SHLIB) $(CUDA_LIBRARY) '$(DESTDIR)$(pkglibdir)/'
endif

all: cuda-backend
uninstall: uninstall-cuda
clean: clean-cuda
.PHONY: uninstall-cuda clean-cuda
uninstall-cuda:
	rm -f '$(DESTDIR)$(pkglibdir)/$(CUDA_LIBRARY)'
clean-cuda:
	rm -f $(CUDA_LIBRARY)
