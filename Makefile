# Every command of the project. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PROFILE ?=
NODE ?=
export PROFILE

NETWORK := node network/dist/main.js

.PHONY: help bootstrap build bundle up down reset restart status logs compose rebuild-chaincode demo bench bench-watermark test test-unit test-conformance test-integration lint format-check

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

bootstrap: ## install and build whatever is missing on this machine
	@scripts/bootstrap

build: ## compile all rooms and bundle the chaincode
	@scripts/bootstrap

bundle: ## build the chaincode bundle
	@npm run --silent bundle -w chaincode

up: bootstrap ## bring everything up: network, database, mirror, gateway, watchdog
	@$(NETWORK) up

down: ## end every process of ours; data is kept
	@$(NETWORK) down

reset: ## end everything and remove all data, keys and ledgers of the network
	@$(NETWORK) reset

restart: ## restart one process: make restart NODE=op1-peer
	@$(NETWORK) restart $(NODE)

status: ## what runs, block heights, who runs which chaincode
	@$(NETWORK) status

logs: ## the end of every log, or of one: make logs NODE=op1-peer
	@$(NETWORK) logs $(NODE)

compose: ## write compose.yaml from network/topology.yaml
	@$(NETWORK) compose

rebuild-chaincode: ## build the bundle anew and compare it with the one the channel agreed on
	@$(NETWORK) rebuild-chaincode

demo: up ## run the main job on a real model
	@node demo/dist/main.js

bench: up ## measure; results are printed as ratios of one run
	@node benchmarks/dist/main.js

bench-watermark: bootstrap ## measure watermarks against others' on a corpus from packages; SAMPLE=1 for some seconds of it
	@node benchmarks/dist/watermark/main.js $(if $(SAMPLE),--sample)

test: ## everything: lint, unit and integration tests on a fresh network
	@scripts/test

test-unit: bootstrap ## unit and property tests only
	@npm run --silent test:unit

test-conformance: ## what other verifiers and published suites say of our CRLs and OCSP responses
	@scripts/bootstrap tests
	@npm run --silent test:conformance

test-integration: up ## integration tests on the running network
	@npm run --silent test:integration

lint: ## ESLint with the dependency table
	@npm run --silent lint

format-check: ## Prettier
	@npm run --silent format:check
