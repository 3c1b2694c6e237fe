// Spec files, loaded once into this process by Jest's own `describe`, `it` and `expect`, of which each test can then run many times.
import { performance } from 'node:perf_hooks';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const circus = require('jest-circus');
const { expect } = require('expect');

/** @returns the tests of `files`, in order: `{ id, title, fileName, skipped, hooks, ready, enter, run }`. */
export async function loadSpecs(files, root) {
  const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
  Object.assign(globalThis, { describe, it, test, beforeAll, beforeEach, afterAll, afterEach, expect });
  const tests = [];
  for (const fileName of files) {
    circus.resetState();
    await import(pathToFileURL(`${root}/${fileName}`).href);
    collect(circus.getState().rootDescribeBlock, { fileName, titles: [fileName], hooks: [] }, tests);
  }
  return tests;
}

function collect(block, { fileName, titles, hooks }, tests) {
  const own = [...hooks, hooksOf(block)];
  for (const child of block.children) {
    const names = [...titles, child.name];
    if (child.type === 'describeBlock') {
      collect(child, { fileName, titles: names, hooks: own }, tests);
    } else {
      const title = names.join(' > ');
      const twins = tests.filter((other) => other.title === title).length;
      const id = twins === 0 ? title : `${title} (${twins + 1})`;
      tests.push({
        id,
        title,
        fileName,
        skipped: child.mode !== undefined && child.mode !== 'only',
        ...runnable(child, own),
      });
    }
  }
}

/** `beforeAll` runs when the first test of its block does, once for all runs; `leave` runs `afterAll`. */
function hooksOf({ hooks }) {
  const all = (type) => async () => {
    for (const hook of hooks) if (hook.type === type) await hook.fn.call({});
  };
  let entered;
  return {
    ready: () => entered !== undefined || !hooks.some(({ type }) => type === 'beforeAll'),
    enter: () => (entered ??= all('beforeAll')()),
    before: all('beforeEach'),
    after: all('afterEach'),
    leave: async () => {
      if (entered) await all('afterAll')();
      entered = undefined;
    },
  };
}

function runnable(test, hooks) {
  const enter = async () => {
    for (const hook of hooks) await hook.enter();
  };
  /** @returns `{ error?, durationMs }` of one run. */
  const run = async () => {
    const start = performance.now();
    let error;
    const attempt = async (step) => {
      try {
        await step();
      } catch (thrown) {
        error ??= thrown ?? new Error('thrown without an error');
      }
    };
    await attempt(async () => {
      await enter();
      for (const { before } of hooks) await before();
      await test.fn.call({});
    });
    for (const { after } of hooks.toReversed()) await attempt(after);
    return { error, durationMs: performance.now() - start };
  };
  return { hooks, ready: () => hooks.every((hook) => hook.ready()), enter, run };
}
