import { assertClaimed, refused } from '../refusals.js';
import { bodyOf, boostOf } from './clause-body.js';
import { NEVER, when, type Candidate, type Matcher, type QueryContext } from './matcher.js';
import { minimumOf } from './minimum.js';

type Compiler = (body: unknown, context: QueryContext) => Matcher;

function listOf(given: unknown, context: QueryContext): readonly Matcher[] {
  return given === undefined ? [] : [given].flat().map((query) => context.compile(query, context));
}

const bool: Compiler = (body, context) => {
  const { must, filter, should, must_not, minimum_should_match, boost, ...others } = bodyOf('bool', body);
  assertClaimed('the query bool', others, ['_name', 'adjust_pure_negative']);
  const [musts, filters, shoulds, nots] = [must, filter, should, must_not].map((part) => listOf(part, context)) as [
    readonly Matcher[],
    readonly Matcher[],
    readonly Matcher[],
    readonly Matcher[],
  ];
  // Without any other clause one of `should` has to match, also with `minimum_should_match: 0`.
  const least = shoulds.length > 0 && musts.length + filters.length === 0 ? 1 : 0;
  const needed = Math.max(least, minimumOf(minimum_should_match ?? 0, shoulds.length));
  const weight = boostOf({ boost });
  return (candidate) => {
    const required = scores(musts, candidate);
    if (required.length < musts.length) return undefined;
    if (!filters.every((one) => one(candidate) !== undefined)) return undefined;
    if (nots.some((one) => one(candidate) !== undefined)) return undefined;
    const optional = scores(shoulds, candidate);
    if (optional.length < needed) return undefined;
    return weight * [...required, ...optional].reduce((sum, score) => sum + score, 0);
  };
};

function scores(matchers: readonly Matcher[], candidate: Candidate): number[] {
  return matchers.map((one) => one(candidate)).filter((score) => score !== undefined);
}

const constantScore: Compiler = (body, context) => {
  const { filter, boost, ...others } = bodyOf('constant_score', body);
  assertClaimed('the query constant_score', others, ['_name']);
  const inner = context.compile(filter, context);
  return when((candidate) => inner(candidate) !== undefined, boostOf({ boost }));
};

const disMax: Compiler = (body, context) => {
  const { queries, tie_breaker = 0, boost, ...others } = bodyOf('dis_max', body);
  assertClaimed('the query dis_max', others, ['_name']);
  const inner = listOf(queries, context);
  return (candidate) => {
    const found = scores(inner, candidate);
    const best = Math.max(...found);
    const rest = found.reduce((sum, score) => sum + score, -best);
    return found.length === 0 ? undefined : boostOf({ boost }) * (best + Number(tie_breaker) * rest);
  };
};

const boosting: Compiler = (body, context) => {
  const { positive, negative, negative_boost, boost, ...others } = bodyOf('boosting', body);
  assertClaimed('the query boosting', others, ['_name']);
  const [wanted, unwanted] = [context.compile(positive, context), context.compile(negative, context)];
  return (candidate) => {
    const score = wanted(candidate);
    if (score === undefined) return undefined;
    return boostOf({ boost }) * score * (unwanted(candidate) === undefined ? 1 : Number(negative_boost));
  };
};

/** Elements of a nested field are documents of their own; their parts are named by whole paths. */
const nested: Compiler = (body, context) => {
  const { path, query, score_mode = 'avg', boost, ignore_unmapped, ...others } = bodyOf('nested', body);
  assertClaimed('the query nested', others, ['_name']);
  const name = String(path);
  if (context.fields.get(name)?.type !== 'nested') {
    if (ignore_unmapped === true) return NEVER;
    throw refused('query_shard_exception', `[nested] failed to find nested object under path [${name}]`);
  }
  const inner = context.compile(query, { ...context, nested: name });
  return ({ id, document }) => {
    const found = elementsAt(document, name).flatMap((element) => scores([inner], { id, document: element }));
    return found.length === 0 ? undefined : boostOf({ boost }) * combined(String(score_mode), found);
  };
};

/** The elements of a nested field, also where it is inside of another one. */
export function elementsAt(document: Candidate['document'], path: string): readonly Candidate['document'][] {
  const direct = document.nested.get(path);
  if (direct) return direct;
  const outer = [...document.nested].filter(([name]) => path.startsWith(`${name}.`));
  return outer.flatMap(([, elements]) => elements.flatMap((element) => elementsAt(element, path)));
}

function combined(mode: string, found: readonly number[]): number {
  const sum = found.reduce((total, score) => total + score, 0);
  if (mode === 'avg') return sum / found.length;
  if (mode === 'max') return Math.max(...found);
  if (mode === 'min') return Math.min(...found);
  return mode === 'sum' ? sum : 0;
}

export const compoundQueries: Readonly<Record<string, Compiler>> = {
  bool,
  constant_score: constantScore,
  dis_max: disMax,
  boosting,
  nested,
  match_all: (body) => when(() => true, boostOf(bodyOf('match_all', body))),
  match_none: () => NEVER,
};
