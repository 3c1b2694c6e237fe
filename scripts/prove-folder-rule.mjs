/** Breaks each folder rule once, in a temporary tree, and fails unless dependency-cruiser names every one of them. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const { forbidden } = require('../.dependency-cruiser.cjs');
const project = join(import.meta.dirname, '..');

const VIOLATIONS = {
  'libs/a/src/contracts/port.ts': `import '../router/ring.js';`,
  'libs/a/src/router/ring.ts': `import type {} from '../cluster/herd.js'; import 'node:net';`,
  'libs/a/src/cluster/herd.ts': `import '../nest/guard.js'; import './pool.js'; import '@nestjs/common';`,
  'libs/a/src/cluster/pool.ts': `import './herd.js'; import './missing.js';`,
  'libs/a/src/adapters/redis/driver.ts': `import '../dns/discovery.js'; import '../../cluster/pool.js';`,
  'libs/a/src/adapters/dns/discovery.ts': `export {};`,
  'libs/a/src/nest/guard.ts': `import '../adapters/dns/discovery.js';`,
  'libs/a/src/testing/suite.ts': `import '../router/ring.js';`,
  'libs/a/src/a.module.ts': `import './adapters/dns/discovery.js';`,
  'libs/a/src/index.ts': `import './testing/suite.js'; import '../../b/src/index.js';`,
  'libs/b/src/index.ts': `export {};`,
};

const tree = mkdtempSync(join(tmpdir(), 'rookery-folder-rule-'));
try {
  for (const [file, text] of Object.entries(VIOLATIONS)) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  }
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(join(project, file), join(tree, file));
  symlinkSync(join(project, 'node_modules'), join(tree, 'node_modules'));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(project, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'), 'libs', '--output-type', 'json'],
    {
      cwd: tree,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (stdout === '') throw new Error(stderr);
  const caught = new Set(JSON.parse(stdout).summary.violations.map((violation) => violation.rule.name));
  const missed = forbidden.map((rule) => rule.name).filter((name) => !caught.has(name));
  if (missed.length > 0) {
    console.error(`The folder check let a deliberate violation pass: ${missed.join(', ')}`);
    process.exitCode = 1;
  } else {
    console.log(`The folder check catches all ${forbidden.length} deliberate violations.`);
  }
} finally {
  rmSync(tree, { recursive: true, force: true });
}
