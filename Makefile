# DPO Lab. Go and make are all that is needed; `make help` lists the targets.

# The version is fixed, and wins over the environment: some images set
# GOTOOLCHAIN=local. Any Go since 1.21 downloads it through the module proxy.
export GOTOOLCHAIN := go1.27.4
# GOMAXPROCS above 1 kills Go programs in WebAssembly (one thread); the others
# would build something else than what was asked for.
unexport GOMAXPROCS GOOS GOARCH GOEXPERIMENT

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

ADDR ?= localhost:8080
# Brotli 11 takes ten seconds a program and saves a tenth: only for RELEASE=1.
BROTLI := $(if $(RELEASE),11,9)
DIST := assets/dist
WASM := GOOS=js GOARCH=wasm
BUILD := go build -trimpath -buildvcs=false
STRIP := -ldflags='-s -w'
DPOLAB := GOEXPERIMENT=simd go run ./core/cmd/dpolab

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

run: build ## build everything and serve it (ADDR=localhost:8080)
	exec build/server --addr $(ADDR)

build: dist ## build the page and the server that holds it, build/server
	$(BUILD) -tags=dist $(STRIP) -o build/server ./server

# What is served, under assets/dist/, each file beside its compressed variants.
dist: pages wasm
	@rm -rf $(DIST)/checkpoints && mkdir -p $(DIST)/checkpoints
	@cp -r assets/models/. $(DIST)/checkpoints/
	@go run ./server/internal/pack -brotli $(BROTLI) -cache build/pack $(DIST)

# Files that are served as they are. wasm_exec.js comes from the toolchain that
# builds the programs; vugu-helper.js is the text that Vugu hands to eval, as a
# file, because the page's policy forbids eval.
pages:
	@rm -rf $(DIST) && mkdir -p $(DIST) build
	@cp index.html wasm/app/*.js wasm/trainer/*.js $(DIST)/
	@cp assets/*.css $(DIST)/
	@if [ -d assets/fonts ]; then cp -r assets/fonts $(DIST)/; fi
	@install -m 644 "$$(go env GOROOT)/lib/wasm/wasm_exec.js" $(DIST)/
	@{ grep -v '/\*DEBUG' "$$(go list -f '{{.Dir}}' github.com/vugu/vugu)/domrender/renderer-js-script.js"; \
	   echo 'window.eval = () => {};'; } > $(DIST)/vugu-helper.js

# The tag tinygo only switches Vugu's JSON away from encoding/json: half a
# megabyte less on the wire. Nor are the templates' functions inlined (-l): 56 KB
# less, and what takes time in a render is the browser's. The trainer alone has
# SIMD kernels; what it does seldom is not inlined either: 32 KB less.
COLD := encoding/json/... fmt reflect internal/strconv strings \
	dpolab/core/dpo dpolab/core/pref dpolab/core/train/config dpolab/core/world dpolab/wasm/...
wasm: pages
	$(WASM) $(BUILD) -tags=tinygo -gcflags=dpolab/ui/...=-l $(STRIP) -o build/app.wasm ./wasm/app
	GOEXPERIMENT=simd $(WASM) $(BUILD) $(COLD:%=-gcflags=%=-l) $(STRIP) -o build/trainer.wasm ./wasm/trainer
	@cp build/app.wasm build/trainer.wasm $(DIST)/

sizes: ## what the programs weigh, against the budgets of the design
	@$(MAKE) dist RELEASE=1
	@go run ./server/internal/pack -sizes $(DIST)

generate: ## write the Go code of the Vugu templates (committed)
	go generate ./ui/...

clean: ## remove what was built
	rm -rf build $(DIST) wasm/e2e/out

check: ## what every commit must pass, in under two minutes
	@.ci/check

test: check ## everything: native, SIMD, WebAssembly in Chromium, the page
	@.ci/test native wasm page

test-native: ## only the native tests, scalar and SIMD
	@.ci/test native

test-wasm: ## only the tests of the packages as WebAssembly in Chromium
	@.ci/test wasm

test-page: ## only the tests of the page (TEST_ARGS='-run TestOpen -v')
	@.ci/test page

bench: ## how fast the kernels and a training step are, native and in Chromium
	GOEXPERIMENT=simd go test -run '^$$' -bench . ./core/kernel ./core/train
	@. .ci/chromium && build_wasmtest && GOEXPERIMENT=simd $(WASM) go test -run '^$$' -bench . -exec "$$PWD/build/wasmtest" ./core/kernel ./core/train

screenshots: build ## pictures of the page in all sizes and states, in wasm/e2e/out
	@. .ci/chromium && cd wasm/e2e && DPOLAB_PICTURES="$$PWD/out" DPOLAB_SERVER="$$OLDPWD/build/server" go test -count=1 -run TestScreens .

models: ## make the base checkpoints of assets/models that are not finished, from their seeds
	$(DPOLAB) models --out assets/models

models-check: ## make them all again under build/models and compare with the committed ones
	$(DPOLAB) models --force --out build/models
	for m in build/models/*/; do diff -r "$$m" "assets/models/$$(basename "$$m")"; done

golden: ## write the golden numbers of core/ again, with PyTorch, transformers and TRL (gigabytes to download)
	python3 -m venv build/golden
	build/golden/bin/pip install -q -r core/train/testdata/requirements.txt
	HF_HUB_OFFLINE=1 build/golden/bin/python core/train/testdata/make_golden.py
	build/golden/bin/python core/optim/testdata/make_golden.py
	git status --short core/train/testdata core/optim/testdata

.PHONY: help run build dist pages wasm sizes generate clean check test test-native test-wasm test-page bench screenshots models models-check golden
