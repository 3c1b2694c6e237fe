import { OptionProblems } from '../support/option-problems.js';
import {
  aText,
  aWholeNumber,
  anObject,
  anything,
  isObject,
  oneOf,
  trueOrFalse,
  type OptionRule,
} from '../support/option-table.js';
import { assertKey, isKey, keyRequirement } from '../document/document-key.js';
import type { IndexModel } from '../metadata/index-model.js';
import { assertRouted, type DocumentOperation } from './document-operations.js';

/** `id` is judged by the key of the index. */
const PLACE = { action: anything, id: anything, routing: aText };
const UNCHANGED = { ifSeqNo: aWholeNumber(0), ifPrimaryTerm: aWholeNumber(1) };

/** What each action accepts. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, OptionRule>>>> = {
  index: { ...PLACE, ...UNCHANGED, document: anObject },
  create: { ...PLACE, document: anObject },
  update: {
    ...PLACE,
    ...UNCHANGED,
    document: anObject,
    script: anObject,
    upsert: { accepts: (value) => value === true || isObject(value), requirement: 'must be true or a document' },
    scriptedUpsert: trueOrFalse,
    retryOnConflict: aWholeNumber(0),
  },
  delete: { ...PLACE, ...UNCHANGED },
};
const ACTION = oneOf('index', 'create', 'update', 'delete');

/**
 * Judges an operation from whatever source.
 *
 * @param path where it stands, as the message names it: `bulk[3]`
 * @throws SearchOptionError with all that is wrong with it
 */
export function checkOperation<T>(
  operation: DocumentOperation<T>,
  path: string,
  model: Pick<IndexModel, 'routing' | 'identity' | 'entity'>,
): void {
  const problems = new OptionProblems();
  if (
    problems.check(
      isObject(operation),
      path,
      operation,
      'must be an operation such as { action: "index", id, document }',
    )
  )
    judge(problems, operation, `${path}.`, model);
  problems.throwIfAny();
  assertKey(path, model, operation.id);
  assertRouted(operation, model, path);
}

function judge(
  problems: OptionProblems,
  given: Readonly<Record<string, unknown>>,
  path: string,
  model: Pick<IndexModel, 'identity' | 'entity'>,
): void {
  const { action } = given;
  const rules = typeof action === 'string' && Object.hasOwn(ACTIONS, action) ? ACTIONS[action]! : undefined;
  if (!rules) {
    problems.check(false, `${path}action`, action, ACTION.requirement);
    return;
  }
  problems.checkNames(given, Object.keys(rules), path);
  for (const [name, { accepts, requirement }] of Object.entries(rules))
    if (given[name] !== undefined) problems.check(accepts(given[name]), `${path}${name}`, given[name], requirement);
  problems.check(isKey(model, given['id']), `${path}id`, given['id'], keyRequirement(model));
  if (action === 'index' || action === 'create')
    problems.check(given['document'] !== undefined, `${path}document`, given['document'], 'is needed: what to write');
  if (action === 'update') judgeUpdate(problems, given, path);
  problems.check(
    (given['ifSeqNo'] === undefined) === (given['ifPrimaryTerm'] === undefined),
    `${path}ifSeqNo and ${path}ifPrimaryTerm`,
    { ifSeqNo: given['ifSeqNo'], ifPrimaryTerm: given['ifPrimaryTerm'] },
    'must be given together, as get() returns them',
  );
}

function judgeUpdate(problems: OptionProblems, given: Readonly<Record<string, unknown>>, path: string): void {
  const { document, script, upsert, scriptedUpsert, ifSeqNo, retryOnConflict } = given;
  problems.check(
    (document === undefined) !== (script === undefined),
    `${path}document and ${path}script`,
    { document, script },
    'must be one of the two: fields to change, or a script that changes them',
  );
  problems.check(
    scriptedUpsert === undefined || script !== undefined,
    `${path}scriptedUpsert`,
    scriptedUpsert,
    'goes with `script` alone',
  );
  problems.check(
    upsert !== true || document !== undefined,
    `${path}upsert`,
    upsert,
    'must be a document beside `script`',
  );
  problems.check(
    ifSeqNo === undefined || retryOnConflict === undefined,
    `${path}retryOnConflict`,
    retryOnConflict,
    'cannot go with `ifSeqNo`: read the document again instead',
  );
}
