#!/usr/bin/env node
// Starts the command line; in a fresh clone, where nothing is built yet, builds it first.
'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

// sharp decodes on libuv's threads: four, unless the environment says otherwise before the first of them starts. Node
// reads ES modules on such a thread, which is why this file is CommonJS. (src/common/thread-pool.ts says the same.)
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()));

const cli = join(__dirname, '..', 'dist', 'cli.mjs');
if (!existsSync(cli)) {
  const script = join(__dirname, '..', 'scripts', 'build.mjs');
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}
import(pathToFileURL(cli).href);
