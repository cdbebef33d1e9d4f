# Everyday commands; `make` lists them. Each one that builds installs what is missing first.

PREFIX ?= /usr/local
FORMATTED = Benchmarks Sources Tests Package.swift

.PHONY: help run test build format lint golden demos interop conformance bench soak reliability fuzz sanitize package install clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: ## build and start the workbench; ARGS='--server URL' passes arguments
	@scripts/run $(ARGS)

test: ## build and run all tests; ARGS='--filter NAME' runs some
	@scripts/test $(ARGS)

build: ## build everything, tests included
	@scripts/build --build-tests

format: ## rewrite the sources in the house format
	@swift format --in-place --recursive --parallel $(FORMATTED)

lint: ## check the house format
	@swift format lint --strict --recursive --parallel $(FORMATTED)

golden: ## write the golden files anew, to be read through with `git diff`
	@RENEW_GOLDEN=1 scripts/test --filter 'WorkbenchUITests|CommandLineTests'

demos: ## play the tapes in docs/demos and write their screens and pictures anew; ARGS=--check compares only
	@scripts/demos $(ARGS)

interop: ## check against other implementations, both ways; ARGS='gateway' checks a part
	@scripts/interop $(ARGS)

conformance: ## run Google's conformance suite of protocol buffers
	@scripts/conformance

bench: ## measure what docs/performance.md tells; ARGS='peers' measures a part
	@scripts/bench $(ARGS)

soak: ## an hour of calls with faults in one workbench, which must not grow; ARGS=600 takes ten minutes
	@scripts/soak $(ARGS)

reliability: ## meet every fault in every way and check the ends; ARGS=--write writes the tables of docs/reliability.md
	@scripts/reliability $(ARGS)

fuzz: ## look for bytes that break the parsers, ten minutes each; ARGS='60 headers' a minute of one
	@scripts/fuzz $(ARGS)

sanitize: ## run the tests of the transports under the thread sanitizer; ARGS=address under the other
	@scripts/sanitize $(ARGS)

package: ## build for release and pack it into dist/; ARGS=--check tries what was packed
	@scripts/package $(ARGS)

install: ## build for release and install into PREFIX (/usr/local)
	@PREFIX='$(PREFIX)' scripts/install

clean: ## remove everything that was built
	rm -rf .build .build-* dist
