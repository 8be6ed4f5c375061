# Every target works from a fresh clone: Node >= 20.19, npm, make and a C compiler are all it takes.
.PHONY: build run test test-matrix simulate simulate-keep simulate-defects fetch demo bench soak lint docs pictures clean install uninstall deb prebuilds pack rpm

# No package of anybody's is run at its installation: none has to be.
npm-ci := npm ci --ignore-scripts --no-audit --no-fund

node_modules/.ready: package.json package-lock.json $(wildcard packages/*/package.json)
	$(npm-ci)
	touch $@

# Of this machine, with its compiler and the headers of its Node: neither npm nor Python has a part in it.
addons := packages/addon/build/made
$(addons): node_modules/.ready $(wildcard packages/*/src/addon/*.c packages/addon/src/*.ts)
	@npm run --silent --workspace packages/addon build
	@node packages/addon/dist/compile-all.js
	@mkdir -p $(@D) && touch $@

# STANDALONE=1: with a Node of its own beside the bundle, that of npm's package node, checked by its hash.
own-node := $(if $(STANDALONE),packaging/node/build/node)

packaging/node/build/node: packaging/node/package.json packaging/node/package-lock.json
	$(npm-ci) --prefix packaging/node
	mkdir -p $(@D)
	strip --strip-unneeded -o $@ packaging/node/node_modules/node-linux-*/bin/node

# Built once: `sudo make run` after `make build` then leaves nothing of root's in a user's checkout.
dist/.ready: node_modules/.ready $(addons) package.json bundle.mjs $(wildcard loader/* tsconfig*.json) $(shell find src packages/*/src -name '*.ts') $(shell find viewer -type f) scripts/viewer.mjs
	npm run --silent build
	touch $@

build: dist/.ready $(own-node)

run: dist/.ready
	@scripts/run-sample $(ARGS)

test: node_modules/.ready
	@node scripts/test.mjs

# The same, and the live tests again over systemd 252 (Debian 12) and over systemd 257 (Debian 13).
test-matrix: node_modules/.ready
	@node scripts/test.mjs --matrix

# Can the oracles fail? Each defect of test/simulation/defects.ts is put in, alone, and has to be found: ONLY= some of them.
simulate-defects: node_modules/.ready
	@ONLY='$(ONLY)' node scripts/simulate.mjs try-defects

# What the tests need and this machine lacks, into test/.cache: both of them do it.
fetch: test/.cache/fetch.mjs
	@node test/.cache/fetch.mjs

# Simulated days of the daemon, see docs/simulation.md: SEED= the first (another one each time), DAYS= how many, or SECONDS=;
# TRIAL=yes: also by the oracles that are not trusted yet.
simulate: node_modules/.ready
	@SEED='$(SEED)' DAYS='$(DAYS)' SECONDS='$(SECONDS)' TRIAL='$(TRIAL)' node scripts/simulate.mjs

# The same, and what fails is kept as a regression test.
simulate-keep: node_modules/.ready
	@SEED='$(SEED)' DAYS='$(DAYS)' KEEP=yes node scripts/simulate.mjs

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

# README's pictures, of an incident that is recorded for them.
pictures: dist/.ready test/.cache/pictures.mjs
	@node test/.cache/pictures.mjs

docs: dist/.ready
	node scripts/pages.mjs

# Copies only: everything was made by `make build`, and neither npm nor a compiler nor the network is needed.
install: $(own-node)
install uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' STANDALONE='$(STANDALONE)' scripts/$@

# The addons for machines and C libraries other than this one, too.
prebuilds: $(addons)
	@node scripts/prebuilds.mjs
	@rm -f dist/.ready # they are a part of dist/

# What is published: dist/package, and the tarball of it.
pack: prebuilds
	@$(MAKE) --no-print-directory build
	@node scripts/package.mjs && cd dist && npm pack --silent ./package

deb rpm: dist/.ready $(own-node)
	@STANDALONE='$(STANDALONE)' scripts/$@

clean:
	rm -rf dist packages/*/dist packages/*/build packages/*/prebuilds packaging/node/build packaging/node/node_modules node_modules test/.cache
