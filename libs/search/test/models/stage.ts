import type { SearchService } from '@rookery/search';
import type { OrmModel } from './orm-model.js';
import type { ModelPlan } from './plan.js';

/** Where a script is played. */
export interface Stage extends Omit<OrmModel, 'schemas'> {
  readonly plan: ModelPlan;
  readonly search: SearchService;
  readonly next: () => number;
}
