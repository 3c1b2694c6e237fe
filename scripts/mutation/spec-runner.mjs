/**
 * Stryker's test runner for the pure folders. Stryker's own for Jest starts Jest for each mutant, which loads every spec file anew and
 * runs all its tests after the first that fails; here the specs are loaded once and the mutants, which are all in the code, switched.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { FOLDERS, pathOf } from './folders.mjs';
import { hits, lighten, resolveIn } from './in-sandbox.mjs';
import { loadSpecs } from './specs.mjs';

const name = process.env.ROOKERY_MUTATE;
/** What each test took before any mutant: for the processes that come after. */
const DRY_RUN = 'dry-run.json';

const stryker = (globalThis.__stryker__ ??= {});

class SpecRunner {
  #loaded;
  #loads = 0;
  #mutated;

  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {
    deactivate();
    resolveIn(process.cwd(), () => this.#loads);
    lighten(process.cwd(), (path) => (this.#loads === 0 ? 'counting' : path === this.#mutated ? 'switched' : 'plain'));
    // One seed, so that a mutant lives or dies the same way each time; no search for the smallest example.
    fc.configureGlobal({ seed: 20_261_128, endOnFailure: true });
  }

  async dryRun() {
    const perTest = {};
    const tests = [];
    hits.fill(0);
    const loaded = await this.#load();
    const mutantCoverage = { static: taken(), perTest };
    for (const { id, fileName, skipped, run } of loaded) {
      const { error, durationMs = 0 } = skipped ? {} : await run();
      perTest[id] = taken();
      const status = skipped ? SKIPPED : error ? FAILED : SUCCESS;
      const failure = error && { failureMessage: messageOf(error) };
      tests.push({ id, name: id, fileName, status, timeSpentMs: durationMs, ...failure });
    }
    const met = tests.map(({ id, timeSpentMs }) => [id, { timeSpentMs }]);
    writeFileSync(DRY_RUN, JSON.stringify(Object.fromEntries(met)));
    return { status: 'complete', tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, mutantActivation, reloadEnvironment, sandboxFileName }) {
    if (reloadEnvironment || this.#mutated !== sandboxFileName) await this.#unload();
    this.#mutated = sandboxFileName;
    const always = mutantActivation === 'static';
    if (always) activate(activeMutant, LOAD_MS);
    const tests = await this.#load().catch((error) => error);
    if (always && stryker.expired) return { status: 'timeout', reason: 'a file never ends to load' };
    if (tests instanceof Error) return { status: 'error', errorMessage: messageOf(tests) };
    const chosen = tests.filter(({ id, skipped }) => !skipped && (!testFilter || testFilter.includes(id)));
    // The quickest first, and those whose servers have yet to be filled last.
    chosen.sort((a, b) => b.ready() - a.ready() || this.#dryRunOf(a).timeSpentMs - this.#dryRunOf(b).timeSpentMs);
    for (const [index, test] of chosen.entries()) {
      if (!always) await test.enter();
      activate(activeMutant, this.#dryRunOf(test).timeSpentMs);
      const { error } = await test.run();
      const { expired } = stryker;
      if (!always) deactivate();
      if (expired) return { status: 'timeout', reason: `${test.id} takes too long` };
      if (!error) continue;
      // What an earlier mutant left behind must kill no other: Stryker tries this one again, in a new process.
      if (!always && (await test.run()).error) throw new Error(`${test.id} fails without a mutant`);
      return { status: 'killed', killedBy: [test.id], failureMessage: messageOf(error), nrOfTests: index + 1 };
    }
    return { status: 'survived', nrOfTests: chosen.length };
  }

  async dispose() {
    deactivate();
    const tests = await this.#loaded?.catch(() => []);
    const hooks = new Set((tests ?? []).flatMap((test) => test.hooks));
    for (const { leave } of hooks) await leave();
    this.#loaded = undefined;
  }

  #load() {
    const files = globSync([`${pathOf(name)}/**/*.spec.ts`, ...(FOLDERS[name].specs ? [FOLDERS[name].specs] : [])]);
    return (this.#loaded ??= loadSpecs(files.sort(), process.cwd()));
  }

  /** The next load reads every file of ours anew; Node keeps those of before, so a process does not do that for ever. */
  async #unload() {
    if (this.#loads === MAX_LOADS) throw new Error('this process holds enough');
    await this.dispose();
    this.#loads += 1;
  }

  #dryRun;
  #dryRunOf({ id }) {
    this.#dryRun ??= JSON.parse(readFileSync(DRY_RUN, 'utf8'));
    // A mutant may have changed the names of tests.
    return this.#dryRun[id] ?? { timeSpentMs: 0 };
  }
}

/** Far more than a test needs without a mutant, on a busy machine too. */
function activate({ id }, usualMs) {
  const deadline = performance.now() + 3_000 + 20 * usualMs;
  Object.assign(stryker, { activeMutant: id, passed: 0, deadline, expired: false });
}

function deactivate() {
  Object.assign(stryker, { activeMutant: undefined, passed: 0, deadline: Infinity, expired: false });
}

const LOAD_MS = 1_000;
const MAX_LOADS = 30;
const SUCCESS = 0;
const FAILED = 1;
const SKIPPED = 2;

/** How often each mutant was run since the last time. */
function taken() {
  const met = Object.fromEntries([...hits.entries()].filter(([, count]) => count > 0));
  hits.fill(0);
  return met;
}

const messageOf = (error) => String(error?.message ?? error).slice(0, 500);

export const strykerPlugins = [{ kind: 'TestRunner', name: 'specs', injectableClass: SpecRunner }];
