import type { MikroORM } from '@mikro-orm/core';

type Row = Record<string, unknown>;

/** What the index of shops has to hold, from plain SQL of PostgreSQL. */
export async function shopsInDatabase(orm: Pick<MikroORM, 'em'>): Promise<Map<string, object>> {
  const rows = (await (orm.em.fork() as unknown as { getConnection(): { execute(sql: string): Promise<Row[]> } })
    .getConnection()
    .execute(
      `select s.id, json_build_object(
        'name', s.name,
        'place', json_build_object('city', s.place_city, 'country', (
          select json_build_object('name', c.name, 'region', (select json_build_object('name', g.name) from region g where g.id = c.region_id))
          from country c where c.id = s.place_country_id)),
        'products', coalesce((select json_agg(json_build_object('label', p.label) order by k.id) from stock k join product p on p.id = k.product_id where k.shop_id = s.id), '[]'),
        'stocks', coalesce((select json_agg(json_build_object('amount', k.amount, 'product', json_build_object('label', p.label)) order by k.id) from stock k join product p on p.id = k.product_id where k.shop_id = s.id), '[]'),
        'shifts', coalesce((select json_agg(json_build_object('hour', f.hour) order by f.rank) from shift f join worker w on w.id = f.worker_id where f.shop_id = s.id and f.open and w.active), '[]'),
        'licence', (select json_build_object('number', l.number) from licence l where l.shop_id = s.id),
        'parent', (select json_build_object('name', o.name, 'parent', (select json_build_object('name', a.name) from shop a where a.id = o.parent_id)) from shop o where o.id = s.parent_id),
        'branches', coalesce((select json_agg(json_build_object('name', b.name) order by b.id) from shop b where b.parent_id = s.id), '[]'),
        'friends', coalesce((select json_agg(json_build_object('name', b.name) order by b.id) from friends f join shop b on b.id = f.shop_2_id where f.shop_1_id = s.id), '[]'),
        'friendOf', coalesce((select json_agg(json_build_object('name', b.name) order by b.id) from friends f join shop b on b.id = f.shop_1_id where f.shop_2_id = s.id), '[]')
      ) as document from shop s order by s.id`,
    )) as { id: number; document: object }[];
  return new Map(rows.map(({ id, document }) => [String(id), comparable(document) as object]));
}

/** Absent and null are one, and the order of what has none does not count. */
export function comparable(value: unknown, at = ''): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element) => comparable(element));
    const ordered = at === 'shifts' || at === 'branches';
    return ordered ? elements : [...elements].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value ?? null;
  const entries = Object.entries(value)
    .filter(([, entry]) => entry !== null && entry !== undefined)
    .map(([name, entry]) => [name, comparable(entry, name)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
