import { Type, type Opt } from '@mikro-orm/core';
import { Entity, Formula, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';

/** As it happens with values that an older release wrote. */
class StateType extends Type<string, string> {
  override convertToJSValue(value: string): string {
    if (value === 'legacy') throw new Error('no state is called legacy');
    return value;
  }
  override getColumnType(): string {
    return 'varchar(20)';
  }
}

interface ParcelRow {
  readonly title: string;
}

/** An entity some of whose rows are bad, each in another way. @param analyzer another one needs a rebuild */
function parcelsWith(analyzer: string) {
  @Entity({ tableName: 'parcel' })
  @Indexed({
    name: 'parcels',
    settings: { number_of_shards: 1 },
    preload: (parcels: readonly ParcelRow[]) => {
      if (parcels.some(({ title }) => title === 'not to be preloaded')) throw new Error('nothing to preload');
    },
    document: ({ title }: ParcelRow, document) => {
      if (title === 'not to be built') throw new Error('the hook throws');
      return document;
    },
  })
  class Parcel {
    @PrimaryKey() id!: number;
    @SearchField({ analyzer }) @Property({ type: 'text' }) title!: string;
    @SearchField({ type: 'keyword' }) @Property({ type: StateType }) state: string & Opt = 'new';
    @Property({ type: 'integer', default: 1 }) parts: number & Opt = 1;
    @SearchField({ type: 'integer' }) @Formula((cols) => `(12 / ${cols.parts})`, { type: 'integer' }) share?: number &
      Opt;
    @SearchField({ type: 'date' }) @Property({ type: 'string', nullable: true }) due?: string | null;
    @SearchField({ type: 'double' }) get weight(): number & Opt {
      return this.title === 'weightless' ? Number.NaN : 1;
    }
  }
  return Parcel;
}

export const Parcel = parcelsWith('standard');
export const ParcelRebuilt = parcelsWith('english');
export const PARCELS = [Parcel, ...searchEntities];
export const PARCELS_REBUILT = [ParcelRebuilt, ...searchEntities];
