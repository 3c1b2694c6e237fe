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
    description: 'Last year.',
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
 * What an export costs: one token for each year that it asks for, which is about one address. The guard runs before the
 * query is checked, so what is no span of years costs one, and is refused afterwards.
 */
export function exportCost({
  from = FIRST_YEAR,
  to = LAST_YEAR,
}: {
  readonly from?: unknown;
  readonly to?: unknown;
}): number {
  const years = Number(to) - Number(from) + 1;
  return Number.isSafeInteger(years) && years >= 1 && years <= LAST_YEAR - FIRST_YEAR + 1 ? years : 1;
}
