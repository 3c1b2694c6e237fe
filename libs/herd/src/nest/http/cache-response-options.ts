import type { ExecutionContext } from '@nestjs/common';

import type { Ttl } from '../../contracts/ttl.js';
import { checkShape } from '../../support/option-checks.js';
import type { OptionProblems } from '../../support/option-problems.js';
import { checkTtl } from '../../support/ttl.js';
import type { NamespaceChoice } from '../namespace-property.js';
import { checkChoice, checkKey, choiceNames } from '../nest-options.js';

/** How `@CacheResponse` keeps a response. */
export type CacheResponseOptions = NamespaceChoice &
  Readonly<{
    /** The longest that a response is kept; its own `Cache-Control` or `Expires` may end it sooner. */
    ttl: Ttl;
    /** In place of the URL: one text per response; `undefined` for a request that is not to be cached. */
    key?: (context: ExecutionContext) => string | undefined;
    /**
     * Request headers that the answer depends on, beside those that the response lists in its own `Vary`; they are added to
     * it. Default `Accept` and `Accept-Language`, unsaid.
     */
    vary?: readonly string[];
    /**
     * Request headers that name a caller: a request that has one is answered by its handler, unless `vary` has the header
     * too. Default `Authorization`, `Cookie` and `X-Api-Key`; a list is used in place of these.
     */
    private?: readonly string[];
    /** The statuses that are kept. Default 200, 203, 300, 301, 308 and 410. */
    statuses?: readonly number[];
    /** The `Cache-Control` of a response that has none, such as `'public, max-age=60'`. Default: none. */
    cacheControl?: string;
  }>;

const responseNames = ['ttl', 'key', 'vary', 'private', 'statuses', 'cacheControl'] as const;

/** Reports wrong options of `@CacheResponse`. */
export function checkResponseOptions(problems: OptionProblems, options: CacheResponseOptions): void {
  const given = checkShape(problems, options, [...choiceNames, ...responseNames]);
  checkChoice(problems, given);
  checkTtl(problems, 'ttl', given.ttl);
  checkKey(problems, given.key);
  for (const name of ['vary', 'private'] as const)
    checkList(problems, name, given[name], isHeaderName, `must be a list of header names, such as ['x-tenant']`);
  checkList(
    problems,
    'statuses',
    given.statuses,
    isKeepable,
    'must be a list of statuses from 200 to 599, but 204 to 206 and 304',
  );
  const { cacheControl } = given;
  const isControl =
    cacheControl === undefined || (typeof cacheControl === 'string' && /^[\x20-\x7e]+$/.test(cacheControl));
  problems.check(isControl, 'cacheControl', cacheControl, `must be a text such as 'public, max-age=60'`);
}

const isHeaderName = (name: unknown): boolean =>
  typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && name !== '*';

/** Those without a body, or with a part of one, cannot be answered from what was kept. */
const isKeepable = (status: unknown): boolean =>
  Number.isInteger(status) &&
  (status as number) >= 200 &&
  (status as number) <= 599 &&
  ![204, 205, 206, 304].includes(status as number);

function checkList(
  problems: OptionProblems,
  option: string,
  list: unknown,
  isRight: (item: unknown) => boolean,
  requirement: string,
): void {
  if (list === undefined) return;
  if (!problems.check(Array.isArray(list), option, list, requirement)) return;
  (list as readonly unknown[]).forEach((item, i) =>
    problems.check(isRight(item), `${option}[${i}]`, item, requirement),
  );
}
