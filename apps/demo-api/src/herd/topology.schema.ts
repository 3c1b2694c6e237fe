const STRING = { type: 'string' as const };
const COUNT = { type: 'integer' as const, minimum: 0 };
const AT = { type: 'integer' as const, description: 'Milliseconds since 1970.' };

const objectOf = <Properties extends object>(properties: Properties, optional: readonly string[] = []) => ({
  type: 'object' as const,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const stateOf = (state: string) => ({ type: 'string' as const, enum: [state] });

const NODE = objectOf(
  {
    id: STRING,
    host: STRING,
    port: { type: 'integer' as const, minimum: 1, maximum: 65_535 },
    weight: { type: 'number' as const },
  },
  ['weight'],
);
const HEALTH = {
  oneOf: [
    objectOf({ state: stateOf('up'), failures: COUNT }),
    objectOf({ state: stateOf('refusing'), since: AT, reason: STRING, failures: COUNT }),
    objectOf({ state: stateOf('down'), since: AT, reason: STRING, probes: COUNT }),
  ],
};
const DISCOVERY = {
  oneOf: [
    objectOf({ state: stateOf('accepted'), at: AT, name: STRING }),
    objectOf({ state: stateOf('rejected'), at: AT, reason: STRING, name: STRING }),
  ],
};

/** The schema of a `HerdSnapshot`. */
export const TOPOLOGY = objectOf({
  herd: STRING,
  driver: STRING,
  router: STRING,
  version: COUNT,
  nodes: {
    type: 'array' as const,
    items: objectOf({
      node: NODE,
      health: HEALTH,
      stats: objectOf({ inFlight: COUNT, queued: COUNT, operations: COUNT, failures: COUNT, timeouts: COUNT }),
      share: { type: 'number' as const, minimum: 0, maximum: 1, description: 'Its part of the keys.' },
    }),
  },
  discovery: DISCOVERY,
});
