import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField } from '@rookery/search';

const settings = { number_of_shards: 2 };

/** In two indices: what one call deletes is still there for the others. */
@Entity()
@Indexed({ name: 'cells', settings })
@Indexed({ name: 'doomed', settings })
export class Cell {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) text!: string;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) tag!: string;
  @SearchField() @Property({ type: 'integer' }) n!: number;
  @SearchField() @Property({ type: 'datetime' }) at!: Date;
}
