import type { Decision } from '../contracts/decision.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

const TYPES = 'https://iana.org/assignments/http-problem-types';

/** A problem document (RFC 9457) of the types that draft-ietf-httpapi-ratelimit-headers registers. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Names of the limits that refused, as `RateLimit-Policy` shows them. */
  readonly 'violated-policies'?: readonly string[];
}

/** 429: the caller has used what its policy grants. */
export function quotaExceededProblem(decision: Decision): ProblemDocument {
  const violated = decision.limits.filter((limit) => limit.retryAfterMs > 0).map((limit) => limit.name);
  return {
    type: `${TYPES}#quota-exceeded`,
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    status: 429,
    detail: `Rate limit '${decision.policy}' is used up: retry in ${Math.ceil(decision.retryAfterMs / 1000)} s.`,
    'violated-policies': violated,
  };
}

/** 503: the service cannot count at the moment; the caller did nothing wrong. */
export function reducedCapacityProblem(): ProblemDocument {
  return {
    type: `${TYPES}#temporary-reduced-capacity`,
    title: 'Request cannot be satisfied due to temporary server capacity constraints',
    status: 503,
    detail: 'Rate limits cannot be checked at the moment: retry later.',
  };
}

/** 400: the request holds something that no policy can count. */
export function badRequestProblem(detail: string): ProblemDocument {
  return { type: 'about:blank', title: 'Bad Request', status: 400, detail };
}
