import { applyDecorators } from '@nestjs/common';
import { RateLimit, type RateLimitContext } from '@rookery/limiter';

/** All routes together, where the buckets of a rate are those of one route. */
const client = ({ address }: RateLimitContext): string | undefined => address;

/** Each search is counted, and so many of a client are under way at once. */
export const LimitSearch = (): MethodDecorator & ClassDecorator =>
  applyDecorators(RateLimit('search'), RateLimit('searches-at-once', { bucket: client }));

/** Each year of an export is counted; so many exports of a client, and so many in all, are under way at once. */
export const LimitExport = (years: (query: object) => number): MethodDecorator & ClassDecorator =>
  applyDecorators(
    RateLimit('export', { cost: ({ request }) => years((request as { query: object }).query) }),
    RateLimit('exports-at-once', { bucket: client }),
    RateLimit('all-exports-at-once', { bucket: () => 'all' }),
  );
