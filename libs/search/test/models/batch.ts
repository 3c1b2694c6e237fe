import fc from 'fast-check';
import { scripts } from './changes.js';
import { constructsOf } from './constructs.js';
import { plans } from './random-plan.js';
import { reduced, type Case } from './reduce.js';
import { runModel, type World } from './run-model.js';

/** Models of a seed: `from` is the first of them. */
export interface Batch {
  readonly seed: number;
  readonly from: number;
  readonly models: number;
  /** Only models that hold this construct. */
  readonly holding?: string | undefined;
  readonly shrink: boolean;
}

/** What the process of a batch reports to the one that watches it. */
export type Report =
  | Readonly<{ model: number; did: 'begin' }>
  | Readonly<{ model: number; did: 'shrink' }>
  | Readonly<{ model: number; did: 'equal'; documents: number; constructs: readonly string[]; ms: number }>
  | Readonly<{ model: number; did: 'refused' | 'unmade'; problems: readonly string[]; ms: number }>
  | Readonly<{ model: number; did: 'differ'; text: string; ms: number }>;

/** How long a model that differs is made smaller, in milliseconds. */
export const SHRINK_MS = 120_000;

/** Each model has a seed of its own, so that one can be run alone. */
function caseOf(seed: number): Case {
  return fc.sample(fc.tuple(plans, scripts), { numRuns: 1, seed })[0]!;
}

/** Runs models one after the other. */
export async function runBatch(
  { seed, from, models, holding, shrink }: Batch,
  world: World,
  report: (report: Report) => void,
): Promise<void> {
  for (let model = from; model < from + models; model += 1) {
    report({ model, did: 'begin' });
    const [given, started] = [caseOf(seed + model), performance.now()];
    if (holding !== undefined && !constructsOf(given).includes(holding)) continue;
    const outcome = await runModel(...given, world);
    const ms = Math.round(performance.now() - started);
    if (outcome.outcome === 'equal')
      report({ model, did: 'equal', documents: outcome.documents, constructs: constructsOf(given), ms });
    else if (outcome.outcome !== 'differs') report({ model, did: outcome.outcome, problems: outcome.problems, ms });
    else {
      if (shrink) report({ model, did: 'shrink' });
      const least = shrink ? await shrunk(given, outcome.differences[0]!, world) : JSON.stringify(given[0]);
      report({ model, did: 'differ', text: [...outcome.differences.slice(0, 5), `model: ${least}`].join('\n  '), ms });
    }
  }
}

/** The least model and script that differ, as text. */
async function shrunk(given: Case, difference: string, world: World): Promise<string> {
  // A smaller model may be wrong by itself.
  const refused = (text: string): boolean => text.startsWith('SearchModelError');
  const differences = async (candidate: Case): Promise<readonly string[]> => {
    const outcome = await runModel(...candidate, world).catch(() => undefined);
    if (outcome?.outcome !== 'differs') return [];
    return refused(outcome.differences[0]!) === refused(difference) ? outcome.differences : [];
  };
  const until = Date.now() + SHRINK_MS;
  const least = await reduced(given, async (candidate) => (await differences(candidate)).length > 0, until);
  const [plan, script] = least;
  const left = (await differences(least)).slice(0, 3);
  return [JSON.stringify(plan), ...script.map((transaction) => JSON.stringify(transaction)), ...left].join('\n  ');
}
