import type { ModelComplaint } from '@rookery/search';

/** What a start may refuse: each is on a page of the documentation. */
const REFUSALS: readonly RegExp[] = [];

export function isRefusal({ problem }: ModelComplaint): boolean {
  return REFUSALS.some((one) => one.test(problem));
}
