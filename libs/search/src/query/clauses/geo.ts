import { SearchQueryError } from '../../errors/query.errors.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireDistance, wirePoint, type Distance, type GeoPoint, type GeoValue } from '../geo-point.js';
import type { Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions } from './full-text.js';

export interface GeoOptions extends ClauseOptions {
  /** What to do with coordinates that are out of range in documents. */
  readonly validationMethod?: 'STRICT' | 'COERCE' | 'IGNORE_MALFORMED';
  readonly ignoreUnmapped?: boolean;
}

export interface GeoDistanceOptions extends GeoOptions {
  /** `plane` is faster, and wrong over long ways and near the poles. */
  readonly distanceType?: 'arc' | 'plane';
}

export interface GeoBox {
  readonly topLeft: GeoPoint;
  readonly bottomRight: GeoPoint;
}

export type GeoNode =
  | Readonly<{
      kind: 'geoDistance';
      field: string;
      center: GeoPoint;
      distance: string;
      options: GeoDistanceOptions | undefined;
    }>
  | Readonly<{ kind: 'geoBoundingBox'; field: string; box: GeoBox; options: GeoOptions | undefined }>
  | Readonly<{ kind: 'geoPolygon'; field: string; points: readonly GeoPoint[]; options: GeoOptions | undefined }>;

export interface GeoClauses<T> {
  /** Places at most this far from `center`: `geoDistance('at', { lat: 48.1, lon: 11.6 }, '20km')`. */
  geoDistance<P extends string>(
    field: FieldPath<T, P, GeoValue>,
    center: GeoPoint,
    distance: Distance,
    options?: GeoDistanceOptions,
  ): GeoNode;
  geoBoundingBox<P extends string>(field: FieldPath<T, P, GeoValue>, box: GeoBox, options?: GeoOptions): GeoNode;
  /** Places inside a polygon of three points or more. */
  geoPolygon<P extends string>(
    field: FieldPath<T, P, GeoValue>,
    points: readonly GeoPoint[],
    options?: GeoOptions,
  ): GeoNode;
}

export const geo = {
  geoDistance: (field: string, center: GeoPoint, distance: Distance, options?: GeoDistanceOptions): GeoNode =>
    frozenCopy({ kind: 'geoDistance', field, center, distance, options }),
  geoBoundingBox: (field: string, box: GeoBox, options?: GeoOptions): GeoNode =>
    frozenCopy({ kind: 'geoBoundingBox', field, box, options }),
  geoPolygon: (field: string, points: readonly GeoPoint[], options?: GeoOptions): GeoNode =>
    frozenCopy({ kind: 'geoPolygon', field, points, options }),
};

export const geoCompilers: Compilers<GeoNode> = {
  geoDistance: ({ field, center, distance, options }, context) => ({
    geo_distance: {
      distance: wireDistance(distance, field),
      [context.field(field, 'geo')]: wirePoint(center, field),
      ...clauseOptions(options),
    },
  }),
  geoBoundingBox: ({ field, box: { topLeft, bottomRight }, options }, context) => ({
    geo_bounding_box: {
      [context.field(field, 'geo')]: {
        top_left: wirePoint(topLeft, field),
        bottom_right: wirePoint(bottomRight, field),
      },
      ...clauseOptions(options),
    },
  }),
  geoPolygon: ({ field, points, options }, context) => {
    if (points.length < 3)
      throw new SearchQueryError(
        field,
        `geoPolygon on \`${field}\` needs three points or more (got ${points.length})`,
        points,
      );
    return {
      geo_polygon: {
        [context.field(field, 'point')]: { points: points.map((point) => wirePoint(point, field)) },
        ...clauseOptions(options),
      },
    };
  },
};
