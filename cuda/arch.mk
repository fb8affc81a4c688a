# GENCODE: what NVCC makes machine code for: ARCH where it is given, else the first of every major architecture from Volta on,
# with PTX of the last. The list that CUDA 12 calls all-major begins too early: __match_any_sync and threads that make progress
# alone came with Volta.
ifdef ARCH
GENCODE := -arch=$(ARCH)
else ifeq ($(shell '$(NVCC)' --version 2>/dev/null | sed -n 's/.*release \([0-9]*\)\..*/\1/p'),12)
ARCHES := $(filter 70 75 80 90 100 120,$(patsubst sm_%,%,$(shell '$(NVCC)' --list-gpu-code)))
LAST := $(lastword $(ARCHES))
GENCODE := $(foreach a,$(ARCHES),-gencode=arch=compute_$(a),code=sm_$(a)) -gencode=arch=compute_$(LAST),code=compute_$(LAST)
else
GENCODE := -arch=all-major
endif
