export interface Point {
  readonly lat: number;
  readonly lon: number;
}

const RADIUS_M = 6_371_008.7714;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres between two points on a sphere (haversine), as Lucene measures them. */
export function metres(a: Point, b: Point): number {
  const half = (from: number, to: number): number => Math.sin(radians(to - from) / 2) ** 2;
  return (
    2 *
    RADIUS_M *
    Math.asin(Math.sqrt(half(a.lat, b.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon, b.lon)))
  );
}

/** Whether a point is inside a polygon, by the number of sides that a ray from it crosses. */
export function inside({ lat, lon }: Point, corners: readonly Point[]): boolean {
  return (
    corners.filter((a, at) => {
      const b = corners[(at + 1) % corners.length]!;
      return a.lat > lat !== b.lat > lat && lon < ((b.lon - a.lon) * (lat - a.lat)) / (b.lat - a.lat) + a.lon;
    }).length %
      2 ===
    1
  );
}

const LETTERS = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The geohash of a point: longitude and latitude halved in turns, five bits a letter (G. Niemeyer, 2008). */
export function geohash({ lat, lon }: Point, letters: number): string {
  const ranges = [
    { low: -180, high: 180, value: lon },
    { low: -90, high: 90, value: lat },
  ];
  let hash = '';
  for (let letter = 0; letter < letters; letter += 1) {
    let bits = 0;
    for (let bit = 0; bit < 5; bit += 1) {
      const range = ranges[(letter * 5 + bit) % 2]!;
      const middle = (range.low + range.high) / 2;
      const upper = range.value >= middle;
      range[upper ? 'low' : 'high'] = middle;
      bits = bits * 2 + (upper ? 1 : 0);
    }
    hash += LETTERS[bits]!;
  }
  return hash;
}
