import { fork } from 'node:child_process';
import { join } from 'node:path';
import { SHRINK_MS, type Report } from './batch.js';
import type { BatchOrder } from './batch-process.js';

/** What the watching process makes of a batch: what the models report, and those that ended in no report. */
export type Watched =
  | Exclude<Report, { did: 'begin' } | { did: 'shrink' }>
  | Readonly<{ model: number; did: 'hang' | 'crash'; text: string }>;

/** A model in memory takes some 0.1 s, one on servers some seconds. */
const MODEL_MS = 60_000;

const FILE = join(import.meta.dirname, 'batch-process.ts');

/**
 * Runs a batch in a process of its own, and what is left of it in another when a model hangs or ends the process. The
 * database in memory gives its space back only with its process.
 */
export async function watchBatch(order: BatchOrder, tell: (watched: Watched) => void): Promise<void> {
  const end = order.from + order.models;
  for (let from = order.from; from < end;) {
    const failed = await watchProcess({ ...order, from, models: end - from }, tell);
    if (failed === undefined) return;
    from = failed + 1;
  }
}

/** @returns the model that ended the process */
function watchProcess(order: BatchOrder, tell: (watched: Watched) => void): Promise<number | undefined> {
  const child = fork(FILE, [JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  let model = order.from;
  let errors = '';
  let hung = false;
  let deadline: NodeJS.Timeout | undefined;
  const within = (ms: number): void => {
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, ms);
  };
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors = `${errors}${text}`.slice(-4_000)));
  child.on('message', (report: Report) => {
    model = report.model;
    within(report.did === 'shrink' ? SHRINK_MS + MODEL_MS : MODEL_MS);
    if (report.did !== 'begin' && report.did !== 'shrink') tell(report);
  });
  within(MODEL_MS);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      if (code === 0) return resolve(undefined);
      if (hung) tell({ model, did: 'hang', text: `no end after ${MODEL_MS} ms` });
      else tell({ model, did: 'crash', text: `its process ended with ${signal ?? code}\n${errors}` });
      resolve(model);
    });
  });
}
