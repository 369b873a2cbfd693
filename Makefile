# swr_sync_job: `make help` lists what there is to make.
#
#   make CC=clang BUILD=build/clang
#   make SANITIZE=address,undefined BUILD=build/sanitized
#                     another compiler, or an instrumented build, in a folder of its own
#   make V=1          shows the commands

BUILD   ?= build
comma   := ,
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
DATADIR ?= $(PREFIX)/share
VERSION := $(shell cat VERSION)
# What is packed without its history has the commit, and its time, in a file and a variable.
COMMIT  := $(shell cat .commit 2>/dev/null || git rev-parse --short HEAD 2>/dev/null || echo unknown)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
PKG_CONFIG ?= pkg-config

SUFFIX    := $(if $(filter Darwin,$(shell uname -s)),dylib,so)
EXTENSION := $(BUILD)/swr_sync_job.$(SUFFIX)
EMULATOR  := $(BUILD)/swr-emulator
UNIT      := $(BUILD)/unit-tests
ERROR_LOG := $(BUILD)/error-log.so
SDK       := $(addprefix $(BUILD)/sdk-,sign-extension sign-emulator endpoint)
DECODE_BENCH := $(BUILD)/decode-bench
KEPT_ROWS := $(BUILD)/kept-rows.$(SUFFIX)
HOST      := $(BUILD)/swr-host
NAMES     := $(BUILD)/silent-names.so
OLD_CURL  := $(BUILD)/old-libcurl.so
FAULTS    := $(BUILD)/swr-faults
SOAK      := $(BUILD)/swr-soak
TRUST     := $(BUILD)/system-certificates.so
LINE      := $(if $(filter Linux,$(shell uname -s)),$(BUILD)/swr-link)

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
# Times beyond 2038, and large files, on 32 bits too.
DEFINES  := -D_GNU_SOURCE -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 -DSWR_VERSION=$(VERSION) -DSWR_COMMIT=$(COMMIT)
LIBRARIES := libcurl json-c libcrypto
INCLUDES  = -Iext $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) sqlite3 libmicrohttpd)
# What cannot be, ends the process there (ext/base/always.h).
INSTRUMENT := $(if $(SANITIZE),-DSWR_DEBUG -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
# _FORTIFY_SOURCE wants optimization, and sanitizers do its work themselves.
HARDEN    := -fstack-protector-strong $(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
# The same bytes wherever the tree lies.
PREFIX_MAP = -ffile-prefix-map=$(CURDIR)=.
COMPILE   = $(CC) -std=c11 $(DEFINES) $(INCLUDES) $(CPPFLAGS) $(HARDEN) $(PREFIX_MAP) $(CFLAGS) \
            $(WARNINGS) $(INSTRUMENT) -fvisibility=hidden -fPIC -MMD -MP
RELRO     := $(if $(filter Linux,$(shell uname -s)),-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
# Closing a connection does not take code away that a thread of libcurl's, or a host, still runs.
STAY      := $(if $(filter Linux,$(shell uname -s)),-Wl$(comma)-z$(comma)nodelete)
LINK      = $(CC) $(CFLAGS) $(INSTRUMENT) $(RELRO) $(LDFLAGS)

EXTENSION_SOURCES := $(wildcard ext/*/*.c)
# All but what SQLite calls; the text of a plan, and of a statement, needs no SQLite.
SERVICE_SOURCES   := $(filter-out ext/vtab/%,$(EXTENSION_SOURCES)) $(addprefix ext/vtab/,number_text.c plan.c sql_text.c)
EMULATOR_SOURCES  := $(wildcard test/emulator/*.c)
UNIT_SOURCES      := $(wildcard test/unit/*.c)
ERROR_LOG_SOURCES := test/error_log.c
SDK_SOURCES       := $(wildcard test/sdk/*.c)
DECODER_SOURCES   := $(wildcard ext/record/*.c ext/api/*.c) $(addprefix ext/base/,array.c ascii.c buffer.c json_text.c \
                     utf8.c)
BENCH_SOURCES     := $(wildcard test/bench/*.c)
LINE_SOURCES      := $(wildcard test/link/*.c)
HOST_SOURCES      := $(wildcard test/host/*.c)
FAULT_SOURCES     := $(wildcard test/fault/*.c)
SOAK_SOURCES      := $(wildcard test/soak/*.c)
NAMES_SOURCES     := test/silent_names.c
OLD_CURL_SOURCES  := test/old_libcurl.c
TRUST_SOURCES     := test/system_certificates.c
FUZZ_SOURCES      := $(wildcard test/fuzz/*.c)
SOURCES := $(EXTENSION_SOURCES) $(EMULATOR_SOURCES) $(UNIT_SOURCES) $(ERROR_LOG_SOURCES) $(SDK_SOURCES) \
           $(BENCH_SOURCES) $(LINE_SOURCES) $(HOST_SOURCES) $(NAMES_SOURCES) \
           $(OLD_CURL_SOURCES) $(TRUST_SOURCES) $(FUZZ_SOURCES) $(FAULT_SOURCES) \
           $(SOAK_SOURCES)
HEADERS := $(wildcard ext/*/*.h test/*/*.h)

Q := $(if $(V),,@)
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

all: $(EXTENSION) $(EMULATOR) $(ERROR_LOG) $(HOST) $(FAULTS) $(SOAK) $(NAMES) $(OLD_CURL) $(TRUST) ## build the extension and what its tests run against

$(EXTENSION): $(call objects,$(EXTENSION_SOURCES))
	@echo "  LINK  $@"
	$(Q)$(LINK) -shared $(STAY) -o $@ $^ $$($(PKG_CONFIG) --libs $(LIBRARIES)) -lpthread

$(EMULATOR): $(call objects,$(EMULATOR_SOURCES))
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs libmicrohttpd json-c libcrypto) -lpthread

$(ERROR_LOG): $(call objects,$(ERROR_LOG_SOURCES))
	@echo "  LINK  $@"
	$(Q)$(LINK) -shared -o $@ $^ $$($(PKG_CONFIG) --libs sqlite3)

$(HOST): $(call objects,$(HOST_SOURCES))
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs sqlite3) -lpthread

$(FAULTS): $(call objects,$(FAULT_SOURCES))
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs sqlite3 zlib libssl libcrypto) -lpthread -ldl

# What is under test there shares its allocator with nobody.
$(SOAK): $(call objects,$(SOAK_SOURCES) $(addprefix test/fault/,server.c tls_front.c world.c statement.c scenarios.c))
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs sqlite3 zlib libssl libcrypto) -lpthread

$(KEPT_ROWS): $(call objects,test/bench/kept_rows.c)
$(NAMES): $(call objects,$(NAMES_SOURCES))
$(OLD_CURL): $(call objects,$(OLD_CURL_SOURCES))
$(TRUST): $(call objects,$(TRUST_SOURCES))
$(NAMES) $(OLD_CURL) $(TRUST) $(KEPT_ROWS):
	@echo "  LINK  $@"
	$(Q)$(LINK) -shared -o $@ $^

$(LINE): $(call objects,$(LINE_SOURCES))
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^

# --wrap: the tests make any allocation of the code under test fail, those inside json-c and of hashes, and calls.
WRAP := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=free,--wrap=json_tokener_new_ex \
  -Wl,--wrap=json_tokener_parse_ex,--wrap=EVP_MD_CTX_new \
  $(addprefix -Wl$(comma)--wrap=,$(shell sed -n '/^WRAPPED/s/.*, \([A-Za-z_0-9]*\), .*/\1/p' test/unit/refusal.c))
# That one needs two functions of SQLite, which its test plays.
$(UNIT): $(call objects,$(UNIT_SOURCES) $(SERVICE_SOURCES) ext/vtab/found_places.c)
	@echo "  LINK  $@"
	$(Q)$(LINK) $(WRAP) -o $@ $^ $$($(PKG_CONFIG) --libs $(LIBRARIES)) -lpthread

# A target is one file; what targets and unit tests share has neither tests nor a main program.
FUZZ_TARGETS := $(patsubst test/fuzz/fuzz_%.c,%,$(filter test/fuzz/fuzz_%.c,$(FUZZ_SOURCES)))
FUZZ_SHARED  := $(filter-out test/fuzz/fuzz_%.c,$(FUZZ_SOURCES)) \
  $(filter-out %_test.c test/unit/unit.c test/unit/odd_random.c,$(UNIT_SOURCES)) $(SERVICE_SOURCES)
$(FUZZ_TARGETS:%=$(BUILD)/fuzz-%): $(BUILD)/fuzz-%: $(BUILD)/obj/test/fuzz/fuzz_%.o \
  $(call objects,$(FUZZ_SHARED))
	@echo "  LINK  $@"
	$(Q)$(LINK) -fsanitize=fuzzer $(WRAP) -o $@ $^ $$($(PKG_CONFIG) --libs $(LIBRARIES) sqlite3) -lpthread

$(BUILD)/sdk-sign-extension: $(call objects,test/sdk/sign.c test/sdk/sign_extension.c $(SERVICE_SOURCES))
$(BUILD)/sdk-sign-emulator: $(call objects,$(addprefix test/,sdk/sign.c sdk/sign_emulator.c \
  emulator/signature.c emulator/text.c))
$(BUILD)/sdk-endpoint: $(call objects,test/sdk/endpoint.c $(SERVICE_SOURCES))
$(SDK):
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs $(LIBRARIES)) -lpthread

$(DECODE_BENCH): $(call objects,test/bench/decode_bench.c $(DECODER_SOURCES))
	@echo "  LINK  $@"
	$(Q)$(LINK) -o $@ $^ $$($(PKG_CONFIG) --libs json-c)

$(BUILD)/obj/%.o: %.c VERSION
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) -c $< -o $@

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

deps: ## install what building, demo and tests need (Debian and Ubuntu)
	@sh .ci/deps.sh

demo: all ## show SQL answered by the extension, against the emulator
	@EXTENSION=$(basename $(EXTENSION)) EMULATOR=$(EMULATOR) sh test/emulator/run.sh sh test/demo.sh

shell: all ## the sqlite3 shell with the extension loaded, against the emulator
	@EMULATOR=$(EMULATOR) sh test/emulator/run.sh \
	  sqlite3 -box -cmd '.load $(basename $(EXTENSION))' :memory:

test: all $(UNIT) $(LINE) ## run all tests
	@SWR_TEST_BUILD=$(BUILD) tclsh test/run.tcl

test-sanitized: ## all tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory SANITIZE=address,undefined BUILD=build/sanitized CFLAGS='-O1 -g' \
	  all build/sanitized/unit-tests $(LINE:build/%=build/sanitized/%)
	@SWR_TEST_BUILD=build/sanitized SWR_TEST_UNDER=sanitizers tclsh test/run.tcl

# Its library, in front of others' programs, breaks shells, python3, namespaces and allocators.
UNTHREADED := build.test fault.test install.test latency.test progress.test readme.test security_server.test
test-threads: ## the tests under ThreadSanitizer, but those that run shells and others' programs
	@$(MAKE) --no-print-directory SANITIZE=thread BUILD=build/threads CFLAGS='-O1 -g' \
	  all build/threads/unit-tests $(LINE:build/%=build/threads/%)
	@SWR_TEST_BUILD=build/threads SWR_TEST_UNDER=sanitizers tclsh test/run.tcl unit-tests \
	  $(filter-out $(UNTHREADED),$(notdir $(wildcard test/*.test)))

test-valgrind: all $(UNIT) $(LINE) ## all tests under valgrind
	@SWR_TEST_BUILD=$(BUILD) SWR_TEST_UNDER=valgrind tclsh test/run.tcl

# What the library is like when it is built, neither a version of SQLite nor a setting changes.
VARIED_TESTS := $(filter-out build.test,$(notdir $(wildcard test/*.test)))

# What a later SQLite has under names of its own, a build with its headers could use, on an older one too.
NEWEST_HEADERS := interrupt.test load.test finalize.test statement.test reuse.test traps.test
test-versions: all $(LINE) ## all tests in Tcl on each supported version of SQLite (builds them, needs npm)
	@sh test/sqlite-versions.sh build
	@newest=$$(sh test/sqlite-versions.sh headers $$(sh test/sqlite-versions.sh list | tail -n 1)) && \
	  $(MAKE) --no-print-directory BUILD=$(BUILD)/newest CPPFLAGS="-I$$newest" $(EXTENSION:$(BUILD)/%=$(BUILD)/newest/%)
	@for version in $$(sh test/sqlite-versions.sh list); do \
	  echo "SQLite $$version, built with the headers of the newest:"; \
	  SWR_TEST_BUILD=$(BUILD) SWR_TEST_EXTENSION=$(BUILD)/newest/swr_sync_job \
	    sh test/sqlite-versions.sh run $$version tclsh test/run.tcl $(NEWEST_HEADERS) || exit 1; done
	@for version in $$(sh test/sqlite-versions.sh list); do \
	  echo "SQLite $$version:"; \
	  SWR_TEST_BUILD=$(BUILD) sh test/sqlite-versions.sh run $$version tclsh test/run.tcl \
	      $(VARIED_TESTS) || exit 1; done

test-sdk: all $(SDK) ## signer and client compared with those of the official SDK (needs npm)
	@SWR_TEST_BUILD=$(BUILD) sh test/sdk/run.sh

# Other settings, under which the same tests must see the same rows and requests. What looks at connections
# themselves stays out where nginx stands between.
PERMUTATIONS ?= CONCURRENCY=1 CONCURRENCY=64 FRONT=http1 FRONT=http2 FRONT=gzip
OWN_CONNECTIONS := again.test certificates.test closing.test config.test connection.test descriptors.test files.test \
  fork.test hang.test latency.test load.test request.test tls.test
test-permutations: all ## the tests in Tcl at concurrency 1 and 64, and over TLS with HTTP/1.1, HTTP/2, compressed
	@for permutation in $(PERMUTATIONS); do \
	  files='$(VARIED_TESTS)'; \
	  case $$permutation in FRONT*) files='$(filter-out $(OWN_CONNECTIONS),$(VARIED_TESTS))';; esac; \
	  echo "$$permutation:"; \
	  env SWR_TEST_BUILD=$(BUILD) "SWR_TEST_$$permutation" tclsh test/run.tcl $$files || exit 1; done

DIFFERENTIAL ?= -seed 1 -count 20000
test-differential: all ## random queries, compared with an ordinary table (DIFFERENTIAL='-seed 1 -count 20000')
	@SWR_TEST_BUILD=$(BUILD) tclsh test/differential/differential.tcl $(DIFFERENTIAL)
	@SWR_TEST_BUILD=$(BUILD) tclsh test/differential/account.tcl $(ACCOUNT)

FAULT_OPTIONS ?=
faults: all ## every allocation fails, every answer breaks off at every byte, beside the whole library
	@$(FAULTS) ./$(EXTENSION) all $(FAULT_OPTIONS)

SOAK_PARTS ?= all
SOAK_TIMES ?= 1
soak: all ## for long, with many threads, in children, with little memory (SOAK_TIMES=10, SOAK_PARTS=threads,shared)
	@$(SOAK) ./$(EXTENSION) $(SOAK_PARTS) $(SOAK_TIMES)

soak-threads: ## the threads of that under ThreadSanitizer
	@$(MAKE) --no-print-directory SANITIZE=thread BUILD=build/threads CFLAGS='-O1 -g' \
	  build/threads/swr_sync_job.$(SUFFIX) build/threads/swr-soak
	@TSAN_OPTIONS=halt_on_error=0:exitcode=66 \
	  build/threads/swr-soak ./build/threads/swr_sync_job.$(SUFFIX) threads,shared $(SOAK_TIMES)

SECONDS ?= 60
TARGETS ?= $(FUZZ_TARGETS)
FUZZ_JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
# Nothing, for five to ten times as many executions: what a target checks itself, and the fewest counters.
FUZZ_UNDER ?= address,undefined
FUZZ_BUILD = build/fuzz$(if $(FUZZ_UNDER),,-plain)
FUZZ_FLAGS = -O2 -g $(if $(FUZZ_UNDER),,-fno-sanitize-coverage=trace-cmp$(comma)stack-depth)
fuzz: ## random bytes against parsers and scan, with clang's sanitizers (SECONDS=60 each, TARGETS='page plan', FUZZ_UNDER=)
	@$(MAKE) --no-print-directory CC=clang BUILD=$(FUZZ_BUILD) CFLAGS='$(FUZZ_FLAGS)' \
	  SANITIZE=fuzzer-no-link$(FUZZ_UNDER:%=$(comma)%) $(TARGETS:%=$(FUZZ_BUILD)/fuzz-%)
	@FUZZ_BUILD=$(FUZZ_BUILD) sh test/fuzz/run.sh $(SECONDS) $(FUZZ_JOBS) $(TARGETS)

# No less than this is reached, in percent.
COVERAGE_FLOOR := 99.5 97.3
coverage: ## which lines and branches of ext/ the tests reach; fails below a floor (needs gcc, python3)
	@python3 test/covered.py --floor $(COVERAGE_FLOOR)

MUTANTS ?= --count 300
mutate: ## breaks ext/ in small ways in a copy: do the tests notice? An hour (MUTANTS='--count 50 --seed 2')
	@python3 test/mutate.py $(MUTANTS)

PLATFORMS ?= debian13 i386 arm64 s390x musl posix windows
platforms: ## on other systems and processors, as root on Debian (PLATFORMS='i386 musl'; roots in build/platforms)
	@sh test/platforms.sh $(PLATFORMS)

bench: all $(if $(wildcard test/bench/decode_bench.c),$(DECODE_BENCH) $(KEPT_ROWS)) ## measure it beside curl, DuckDB, Python and the SDK (BENCH_QUICK=1 for a quick look)
	@sh test/bench/peers/install.sh $(BUILD)/bench/npm || echo 'npm: the peers from there are not measured' >&2
	@SWR_TEST_BUILD=$(BUILD) tclsh test/bench/bench.tcl

bench-check: bench ## the same, and exit 1 with the targets that are not met
	@SWR_TEST_BUILD=$(BUILD) tclsh test/bench/bench.tcl check

measured: ## take the last whole run of make bench over into the documents: doc/measured.tsv, tables, pictures
	@tclsh doc/measured.tcl take $(BUILD)/bench/results.tsv
	@$(MAKE) --no-print-directory docs plots

lint: ## formatting, layers, both compilers, clang-tidy, cppcheck, gcc -fanalyzer
	@sh .ci/lint.sh '$(SOURCES)' '$(HEADERS)' '$(DEFINES) $(INCLUDES)'

format: ## format the C sources
	clang-format -i $(SOURCES) $(HEADERS)

docs: ## columns and measured figures of README and manual page anew, from the sources (needs Tcl)
	@tclsh doc/generate.tcl

plots:
	@for plot in measured growth; do python3 doc/pictures.py $$plot doc/$$plot.svg doc/measured.tsv || exit 1; done

CHROMIUM ?= chromium
pictures: all plots ## the documents' pictures anew, from the emulator (needs python3; the report chromium and pngquant)
	@EMULATOR=$(EMULATOR) EXTENSION=$(basename $(EXTENSION)) sh test/emulator/run.sh \
	  python3 doc/pictures.py shell doc/shell.svg
	@EMULATOR=$(EMULATOR) EXTENSION=$(basename $(EXTENSION)) \
	  EMULATOR_OPTIONS='--fleet 300 --set latency=150 --set rate-limit=60 --set rate-window=1000' \
	  sh test/emulator/run.sh python3 doc/pictures.py progress doc/progress.svg
	@if command -v $(CHROMIUM) pngquant >/dev/null; then \
	  EMULATOR=$(EMULATOR) EXTENSION=$(basename $(EXTENSION)) EMULATOR_OPTIONS='--fleet 12' \
	    sh test/emulator/run.sh python3 doc/pictures.py report $(BUILD)/pictured.html && \
	  $(CHROMIUM) --headless --no-sandbox --hide-scrollbars --window-size=1080,1130 \
	    --screenshot=$(BUILD)/report.png $(BUILD)/pictured.html 2>/dev/null && \
	  pngquant --force --output sql/report.png 32 $(BUILD)/report.png; fi

# Where the loader looks, so that `.load libswr_sync_job` works once ldconfig has run.
INSTALLED_LIBRARY = $(DESTDIR)$(LIBDIR)/libswr_sync_job.$(SUFFIX)
INSTALLED_PACKAGE = $(DESTDIR)$(LIBDIR)/pkgconfig/swr_sync_job.pc
INSTALLED_MANUAL  = $(DESTDIR)$(DATADIR)/man/man7/swr_sync_job.7
INSTALLED_SQL     = $(DESTDIR)$(DATADIR)/swr_sync_job
install: $(EXTENSION) ## install library, manual page, pkg-config file and sql/ (PREFIX, LIBDIR, DATADIR, DESTDIR)
	@install -d '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(DATADIR)/man/man7' '$(INSTALLED_SQL)'
	@install -m 755 $(EXTENSION) '$(INSTALLED_LIBRARY)'
	@sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@DATADIR@|$(DATADIR)|; s|@VERSION@|$(VERSION)|' \
	  doc/swr_sync_job.pc.in >'$(INSTALLED_PACKAGE)'
	@install -m 644 doc/swr_sync_job.7 '$(INSTALLED_MANUAL)'
	@install -m 644 sql/*.sql '$(INSTALLED_SQL)/'
	@echo 'installed to $(DESTDIR)$(LIBDIR); now `ldconfig` tells the loader'

uninstall: ## remove what install has put there
	@rm -f '$(INSTALLED_LIBRARY)' '$(INSTALLED_PACKAGE)' '$(INSTALLED_MANUAL)'
	@rm -rf '$(INSTALLED_SQL)'

# The same bytes each time: names sorted, times those of the commit, or SOURCE_DATE_EPOCH.
RELEASE = swr_sync_job-$(VERSION)-$(shell uname -s | tr A-Z a-z)-$(shell uname -m)
WHEN    = @$(SOURCE_DATE_EPOCH)
dist: $(EXTENSION) ## pack a release: what install puts into place, README and licence
	@rm -rf '$(BUILD)/$(RELEASE)'
	@$(MAKE) --no-print-directory -o $(EXTENSION) install DESTDIR='$(abspath $(BUILD))/$(RELEASE)' PREFIX= LIBDIR=/lib DATADIR=/share >/dev/null
	@cp README.md CHANGELOG.md LICENSE '$(BUILD)/$(RELEASE)/'
	@cd $(BUILD) && tar --sort=name --mtime='$(WHEN)' --owner=0 --group=0 --numeric-owner -cf - '$(RELEASE)' | \
	  gzip -9n >'$(RELEASE).tar.gz'
	@rm -rf '$(BUILD)/$(RELEASE)'
	@echo '$(BUILD)/$(RELEASE).tar.gz'

# Another library than the one just built can be packed: one that needs less of the system, say.
PACKED   ?= $(EXTENSION)
PACKAGES ?= debian npm python sqlpkg
packages: $(EXTENSION) dist ## Debian package, npm package, wheel, sqlpkg.json and release in build/packages (PACKAGES='debian npm')
	@rm -rf $(BUILD)/packages
	@COMMIT=$(COMMIT) SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) \
	  sh package/make.sh $(PACKED) $(BUILD)/packages $(PACKAGES)
	@mv $(BUILD)/$(RELEASE).tar.gz $(BUILD)/packages/

test-packages: all ## build each package, install it in a clean place, and load it from there
	@SWR_TEST_BUILD=$(BUILD) tclsh test/packages/packages.tcl

HOSTS ?=
test-hosts: all ## each host of doc/hosts.md loads, asks, fails and is interrupted (HOSTS="'Python*' Tcl")
	@SWR_TEST_BUILD=$(BUILD) tclsh test/hosts/hosts.tcl $(HOSTS)

test-sharing: all ## the recipes of doc/sharing.md: a mirror read by Litestream, PostgreSQL and DuckDB
	@SWR_TEST_BUILD=$(BUILD) tclsh test/hosts/sharing.tcl

clean: ## remove what was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1@\2/p' Makefile | \
	  awk -F@ '{ printf "  make %-17s %s\n", $$1, $$2 }'

.PHONY: all deps demo shell test test-sanitized test-threads test-valgrind test-versions test-permutations test-sdk test-differential \
        faults soak soak-threads fuzz coverage mutate platforms bench bench-check measured plots lint format docs pictures install uninstall dist packages test-packages \
        test-hosts test-sharing clean help
