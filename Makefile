# swr_sync_job: `make help` lists what there is to make.
#
#   CC=clang make            another compiler
#   SANITIZE=address,undefined BUILD=build/sanitized make
#                            an instrumented build in a folder of its own

BUILD   ?= build
PREFIX  ?= /usr/local
VERSION := $(shell cat VERSION)
COMMIT  := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)

UNAME := $(shell uname -s)
SUFFIX := $(if $(filter Darwin,$(UNAME)),dylib,so)
EXTENSION := $(BUILD)/swr_sync_job.$(SUFFIX)
EMULATOR  := $(BUILD)/swr-emulator
UNIT      := $(BUILD)/unit-tests

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
LIBRARIES := libcurl json-c libcrypto
COMPILE   = $(CC) -std=c11 -D_GNU_SOURCE $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -fvisibility=hidden -fPIC \
            $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
            -MMD -MP
LINK      = $(CC) $(CFLAGS) $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))

EXTENSION_SOURCES := $(wildcard ext/*/*.c)
SERVICE_SOURCES   := $(wildcard ext/service/*.c ext/network/*.c) ext/sql/plan.c
EMULATOR_SOURCES  := $(wildcard test/emulator/*.c)
UNIT_SOURCES      := $(wildcard test/unit/*.c)
C_FILES := $(wildcard ext/*/*.[ch] test/emulator/*.[ch] test/unit/*.[ch])

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

all: $(EXTENSION) $(EMULATOR) ## build the extension and the emulator

$(EXTENSION): $(call objects,$(EXTENSION_SOURCES))
	$(LINK) -shared -o $@ $^ $$(pkg-config --libs $(LIBRARIES)) -lpthread

$(EMULATOR): $(call objects,$(EMULATOR_SOURCES))
	$(LINK) -o $@ $^ $$(pkg-config --libs libmicrohttpd) -lpthread

# --wrap: the tests let any allocation of the code under test fail.
$(UNIT): $(call objects,$(UNIT_SOURCES) $(SERVICE_SOURCES))
	$(LINK) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup -o $@ $^ \
	  $$(pkg-config --libs $(LIBRARIES)) -lpthread

$(BUILD)/obj/ext/%.o: ext/%.c VERSION
	@mkdir -p $(@D)
	$(COMPILE) -Iext -DSWR_VERSION='"$(VERSION)"' -DSWR_COMMIT='"$(COMMIT)"' \
	  $$(pkg-config --cflags $(LIBRARIES) sqlite3) -c $< -o $@

$(BUILD)/obj/test/emulator/%.o: test/emulator/%.c
	@mkdir -p $(@D)
	$(COMPILE) $$(pkg-config --cflags libmicrohttpd) -c $< -o $@

$(BUILD)/obj/test/unit/%.o: test/unit/%.c
	@mkdir -p $(@D)
	$(COMPILE) -Iext $$(pkg-config --cflags $(LIBRARIES)) -c $< -o $@

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

clean: ## remove what was built
	rm -rf build

.PHONY: all clean
