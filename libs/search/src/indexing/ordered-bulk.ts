import type { BulkOperation } from '../contracts/engine.js';
import { documentIdOf } from '../document/document-builder.js';
import type { Operations } from './bulk-chunks.js';
import { EMPTY_REPORT, mergeReports, type BulkReport } from './bulk-report.js';
import {
  conditional,
  isPlain,
  versionedWindows,
  windowsOf,
  type DocumentOperation,
  type OperationParts,
  type PlainOperation,
} from './document-operations.js';
import { checkOperation } from './operation-rules.js';

export interface OrderedBulkParts extends OperationParts {
  /** The one index there is. @throws SearchMigrationError while there are two */
  readonly soleIndex: () => Promise<string>;
  readonly write: (operations: Operations) => Promise<BulkReport>;
}

type Given<T> = Iterable<DocumentOperation<T>> | AsyncIterable<DocumentOperation<T>>;

/**
 * Writes operations so that those on one document take effect in their order. Whole documents have versions and go
 * together, however many; what depends on the state that is there waits for the writes before it.
 *
 * @throws SearchOptionError for an operation that is none, before anything is sent where all are in a list; what `write` throws.
 */
export async function writeInOrder<T>(operations: Given<T>, parts: OrderedBulkParts): Promise<BulkReport> {
  if (Array.isArray(operations)) judge(operations as readonly DocumentOperation<T>[], 0, parts);
  const windows = judgedWindows(operations, parts);
  let report = EMPTY_REPORT;
  for (let next = await windows.next(); !next.done;) {
    if (next.value.every(isPlain)) {
      const run = new PlainRun(next.value, windows);
      report = mergeReports(report, await parts.write(versionedWindows(run, parts)));
      next = run.rest;
    } else {
      for (const round of roundsOf(next.value, parts)) report = mergeReports(report, await writeRound(round, parts));
      next = await windows.next();
    }
  }
  return report;
}

type Windows<T> = AsyncGenerator<readonly DocumentOperation<T>[], void, undefined>;

async function* judgedWindows<T>(operations: Given<T>, parts: OperationParts): Windows<T> {
  let at = 0;
  for await (const window of windowsOf(operations)) {
    if (!Array.isArray(operations)) judge(window, at, parts);
    at += window.length;
    yield window;
  }
}

function judge<T>(operations: readonly DocumentOperation<T>[], from: number, { model }: OperationParts): void {
  operations.forEach((operation, at) => checkOperation(operation, `bulk[${from + at}]`, model));
}

/** Windows of whole documents, up to the first that holds something else. */
class PlainRun<T> implements AsyncIterable<readonly PlainOperation<T>[]> {
  /** Where to go on after it. */
  rest: IteratorResult<readonly DocumentOperation<T>[], void> = { done: true, value: undefined };

  constructor(
    private readonly first: readonly PlainOperation<T>[],
    private readonly windows: Windows<T>,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly PlainOperation<T>[], void, undefined> {
    yield this.first;
    for (;;) {
      this.rest = await this.windows.next();
      if (this.rest.done || !this.rest.value.every(isPlain)) return;
      yield this.rest.value;
    }
  }
}

/** The first operation on each document, then the second: no round holds two on one. */
function roundsOf<T>(window: readonly DocumentOperation<T>[], { model }: OperationParts): DocumentOperation<T>[][] {
  const rounds: DocumentOperation<T>[][] = [];
  const met = new Map<string, number>();
  for (const operation of window) {
    const id = documentIdOf(model, operation.id);
    const round = met.get(id) ?? 0;
    met.set(id, round + 1);
    (rounds[round] ??= []).push(operation);
  }
  return rounds;
}

async function writeRound<T>(round: readonly DocumentOperation<T>[], parts: OrderedBulkParts): Promise<BulkReport> {
  const plain = round.filter(isPlain);
  const dependent = round.filter((operation) => !isPlain(operation));
  const index = dependent.length > 0 ? await parts.soleIndex() : '';
  const wire: BulkOperation[] = dependent.map((operation) => conditional(operation, parts, index));
  if (plain.length > 0) for await (const window of versionedWindows([plain], parts)) wire.push(...window);
  return parts.write(wire);
}
