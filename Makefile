# Every target works from a fresh clone: Node >= 20.19, npm, make and a C compiler are all it takes.
.PHONY: build run test test-matrix demo bench soak lint docs clean install uninstall deb

node_modules/.ready: package.json package-lock.json $(wildcard packages/*/package.json)
	npm ci --no-audit --no-fund
	touch $@

addons := $(foreach of,netlink spawn unix,packages/$(of)/build/Release/$(of).node)

# npm compiles them once; this again, when their source has changed.
define compiled
packages/$(1)/build/Release/$(1).node: packages/$(1)/src/addon/$(1).c packages/$(1)/binding.gyp | node_modules/.ready
	@rm -rf packages/$(1)/build
	npm run --silent --workspace packages/$(1) install
endef
$(foreach of,netlink spawn unix,$(eval $(call compiled,$(of))))

# Built once: `sudo make run` after `make build` then leaves nothing of root's in a user's checkout.
dist/.ready: node_modules/.ready $(addons) package.json bundle.mjs $(wildcard loader/* tsconfig*.json) $(shell find src packages/*/src -name '*.ts')
	npm run --silent build
	touch $@

build: dist/.ready

run: dist/.ready
	@scripts/run-sample $(ARGS)

test: node_modules/.ready
	@node scripts/test.mjs

# The same, and the live tests again over systemd 252 (Debian 12) and over systemd 257 (Debian 13).
test-matrix: node_modules/.ready
	@node scripts/test.mjs --matrix

# Programs of demo/ and bench/ share the laboratory of the live tests.
test/.cache/%.mjs: node_modules/.ready $(shell find demo bench test/live/lab -name '*.ts')
	@node_modules/.bin/esbuild $(wildcard demo/$*.ts bench/$*.ts test/live/lab/$*.ts) --bundle --platform=node --format=esm --packages=external --outfile=$@ --log-level=warning

demo: dist/.ready test/.cache/demo.mjs
	@node test/.cache/demo.mjs

bench: dist/.ready
	@node scripts/bench.mjs $(ARGS)

# 20 minutes of churn, and what they cost: ARGS=MINUTES.
soak: dist/.ready test/.cache/soak.mjs
	@nice node test/.cache/soak.mjs $(ARGS)

lint: node_modules/.ready
	npm run --silent lint

docs: dist/.ready
	node scripts/pages.mjs

# Copies only: everything was made by `make build`, and neither npm nor a compiler nor the network is needed.
install uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/$@

deb: dist/.ready
	@scripts/deb

clean:
	rm -rf dist packages/*/dist packages/*/build node_modules test/.cache
