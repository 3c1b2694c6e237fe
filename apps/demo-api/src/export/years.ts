import { ApiPropertyOptional } from '@nestjs/swagger';
import { NotBeforeFrom } from '../problem/not-before-from.js';
import { WholeNumber } from '../problem/whole-number.js';

export const FIRST_YEAR = 1790;
export const LAST_YEAR = 2021;
const YEARS = { min: FIRST_YEAR, max: LAST_YEAR };

/** The query of `GET /addresses/export`. */
export class Years {
  @ApiPropertyOptional({
    description: 'First year.',
    type: 'integer',
    minimum: YEARS.min,
    maximum: YEARS.max,
    default: FIRST_YEAR,
  })
  @WholeNumber(YEARS)
  from = FIRST_YEAR;

  @ApiPropertyOptional({
    description: 'Last year, not before `from`.',
    type: 'integer',
    minimum: YEARS.min,
    maximum: YEARS.max,
    default: LAST_YEAR,
  })
  @WholeNumber(YEARS)
  @NotBeforeFrom()
  to = LAST_YEAR;
}

/**
 * What an export costs: one token for each year of the data that it covers, which is about one address. The guard runs
 * before the query is checked, so what is no span of years costs one, and is refused afterwards.
 */
export function exportCost(query: { readonly from?: unknown; readonly to?: unknown }): number {
  const [from, to] = [yearOf(query.from, FIRST_YEAR), yearOf(query.to, LAST_YEAR)];
  const years = Math.min(to, LAST_YEAR) - Math.max(from, FIRST_YEAR) + 1;
  return years >= 1 ? years : 1;
}

/** As {@link WholeNumber} reads it; what it refuses is `NaN`. */
function yearOf(value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : NaN;
}
