import { Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import type { EntityClass } from '@rookery/search';
import { complaintsOf } from '../complaints-of.js';

@Entity()
export class Image {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) @Unique() name!: string;
  @Property({ type: 'integer' }) size!: number;
}

/** The complaints about these entities, a text for each; none when the model is whole. */
export function complaints(...entities: EntityClass[]): string[] {
  return complaintsOf(entities).map(({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}.`);
}
