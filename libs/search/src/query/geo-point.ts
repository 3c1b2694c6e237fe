import { unusable } from './unusable.js';
import type { Wire } from './wire-value.js';

/** A place on the earth, in degrees. */
export interface GeoPoint {
  readonly lat: number;
  readonly lon: number;
}

/** Property types that a `geo_point` field is made from. */
export type GeoValue = GeoPoint | string;

export type DistanceUnit = 'mm' | 'cm' | 'm' | 'km' | 'in' | 'ft' | 'yd' | 'mi' | 'nmi';

/** `'12km'`, `'3mi'`. */
export type Distance = `${number}${DistanceUnit}`;

export function wirePoint(point: GeoPoint, field: string): Wire {
  const { lat, lon } = (point ?? {}) as Partial<GeoPoint>;
  if (within(lat, 90) && within(lon, 180)) return { lat, lon };
  throw unusable(field, `\`${field}\` needs { lat: -90 to 90, lon: -180 to 180 }`, point);
}

function within(degrees: unknown, limit: number): boolean {
  return typeof degrees === 'number' && Math.abs(degrees) <= limit;
}

const DISTANCE = /^\d+(\.\d+)?(mm|cm|m|km|in|ft|yd|mi|nmi)$/;

export function wireDistance(distance: string, field: string): string {
  if (typeof distance === 'string' && DISTANCE.test(distance)) return distance;
  throw unusable(field, `\`${field}\` needs a distance with its unit, such as '12km'`, distance);
}
