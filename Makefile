# Every target works from a fresh clone: Node >= 20.19, npm, make and a C compiler are all it takes.
.PHONY: build test
node_modules/.ready: package.json package-lock.json packages/netlink/package.json
	npm ci --no-audit --no-fund
	touch $@

build: node_modules/.ready
	npm run --silent build
