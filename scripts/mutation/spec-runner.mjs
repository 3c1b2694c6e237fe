/**
 * Stryker's test runner for the pure folders. Stryker's own for Jest starts Jest for each mutant, which loads every spec file anew and
 * runs all its tests after the first that fails; here the specs are loaded once and the mutants, which are all in the code, switched.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { FOLDERS, pathOf } from './folders.mjs';
import { lighten, resolveIn } from './in-sandbox.mjs';
import { loadSpecs } from './specs.mjs';

const name = process.env.ROOKERY_MUTATE;
/** What each test took before any mutant, and how often it met each: for the processes that come after. */
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
    resolveIn(process.cwd(), () => this.#loads);
    // One seed, so that a mutant lives or dies the same way each time; no search for the smallest example.
    fc.configureGlobal({ seed: 20_261_128, endOnFailure: true });
  }

  async dryRun() {
    const results = [];
    for (const test of await this.#load()) {
      const { id, fileName } = test;
      stryker.currentTestId = id;
      const { error } = test.skipped ? {} : await test.run();
      stryker.currentTestId = undefined;
      const status = test.skipped ? SKIPPED : error ? FAILED : SUCCESS;
      results.push({ id, name: id, fileName, status, ...(error && { failureMessage: messageOf(error) }) });
    }
    const { mutantCoverage } = stryker;
    const durations = await this.#durations();
    const tests = results.map((result) => ({ ...result, timeSpentMs: durations.get(result.id) ?? 0 }));
    const met = tests.map(({ id, timeSpentMs }) => [id, { timeSpentMs, hits: mutantCoverage.perTest[id] ?? {} }]);
    writeFileSync(DRY_RUN, JSON.stringify(Object.fromEntries(met)));
    return { status: 'complete', tests, mutantCoverage };
  }

  /** In milliseconds, once more without counting, which takes most of the time: Stryker ends mutants by them. */
  async #durations() {
    await this.#unload();
    const durations = new Map();
    for (const test of (await this.#load()).filter(({ skipped }) => !skipped)) {
      await test.enter();
      durations.set(test.id, (await test.run()).durationMs);
    }
    return durations;
  }

  async mutantRun({ activeMutant, testFilter, mutantActivation, reloadEnvironment, sandboxFileName }) {
    if (reloadEnvironment || this.#mutated !== sandboxFileName) await this.#unload();
    this.#mutated = sandboxFileName;
    const always = mutantActivation === 'static';
    if (always) Object.assign(stryker, { activeMutant: activeMutant.id, hitLimit: FEW_HITS, hitCount: 0 });
    const tests = await this.#load().catch((error) => error);
    if (always && stryker.hitCount > FEW_HITS) return { status: 'timeout', reason: 'a file never ends to load' };
    if (tests instanceof Error) return { status: 'error', errorMessage: messageOf(tests) };
    const chosen = tests.filter(({ id, skipped }) => !skipped && (!testFilter || testFilter.includes(id)));
    // The quickest first, and those whose servers have yet to be filled last.
    chosen.sort((a, b) => b.ready() - a.ready() || this.#dryRunOf(a).timeSpentMs - this.#dryRunOf(b).timeSpentMs);
    for (const [index, test] of chosen.entries()) {
      if (!always) await test.enter();
      const hitLimit = FEW_HITS + 100 * (this.#dryRunOf(test).hits[activeMutant.id] ?? 0);
      Object.assign(stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: 0 });
      const { error } = await test.run();
      if (!always) stryker.activeMutant = undefined;
      if (stryker.hitCount > hitLimit) return { status: 'timeout', reason: `${stryker.hitCount} hits` };
      if (!error) continue;
      // What an earlier mutant left behind must kill no other: Stryker tries this one again, in a new process.
      if (!always && (await test.run()).error) throw new Error(`${test.id} fails without a mutant`);
      return { status: 'killed', killedBy: [test.id], failureMessage: messageOf(error), nrOfTests: index + 1 };
    }
    return { status: 'survived', nrOfTests: chosen.length };
  }

  async dispose() {
    stryker.activeMutant = undefined;
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
    if (this.#loads === 0) lighten(process.cwd(), () => this.#mutated);
    this.#loads += 1;
  }

  #dryRun;
  #dryRunOf({ id }) {
    this.#dryRun ??= JSON.parse(readFileSync(DRY_RUN, 'utf8'));
    // A mutant may have changed the names of tests.
    return this.#dryRun[id] ?? { timeSpentMs: 0, hits: {} };
  }
}

/** What a test that meets a mutant once may hit of it: more is a loop without an end. */
const FEW_HITS = 1_000_000;
const MAX_LOADS = 30;
const SUCCESS = 0;
const FAILED = 1;
const SKIPPED = 2;

const messageOf = (error) => String(error?.message ?? error).slice(0, 500);

export const strykerPlugins = [{ kind: 'TestRunner', name: 'specs', injectableClass: SpecRunner }];
