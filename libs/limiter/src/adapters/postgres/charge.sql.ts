import { stateOf } from './apply.sql.js';

const tickOf = (row: string): string => `CASE WHEN ${row}.kind = 1 THEN 1 ELSE 1000 END`;

/** Ticks until `units` have drained. */
const ticks = (row: string, units: string): string => `(${units} + ${row}.drain - 1) / ${row}.drain`;

/**
 * The level at `now` of what is stored as a rate: no more ticks are counted than drain it. An expression, not a function:
 * PostgreSQL would call that for every row. What an expression names twice is worked out twice, but for what `OFFSET 0` fences off.
 */
const drained = (row: string, now: string): string => `
  greatest(0, ${row}.level - ${row}.drain * least(
    greatest(0, ${now} / ${tickOf(row)} - ${row}.since / ${tickOf(row)}), ${ticks(row, `${row}.level`)}))`;

/** When a level as it was at `since` has drained. */
const empty = (rate: string, since: string, level: string): string =>
  `greatest(${since}, (${since} / ${tickOf(rate)} + ${ticks(rate, level)}) * ${tickOf(rate)})`;

/** One to two minutes later, and the same for a minute, so that most updates touch no index. */
const keptUntil = (emptyAt: string): string => `(${emptyAt} / 60000000 + 2) * 60000000`;

/** Whether the row is as this rate wrote it, and not of the future. */
const isRate = (row: string, rate: string, now: string): string => `
  (${row}.kind = ${rate}.kind AND ${row}.drain = ${rate}.drain AND ${row}.units = ${rate}.units
    AND ${row}.capacity = ${rate}.capacity AND ${row}.since - ${now} <= p_skew)`;

/**
 * Charges buckets of one plain rate each, which nearly all are, in one pass: a row that is as this rate wrote it is read, decided
 * and written where it is locked, in whole numbers of 64 bits. What has no room, or is stored otherwise, is decided after that, under
 * the same lock: so a refusal is judged by the clock as it is then.
 *
 * `p_keys`: each once. `p_rates`: for each limit `1 or 2, drainPerTick, unitsPerToken, capacity`; `p_rate`, `p_cost` and `p_times`
 * for each bucket its limit, counted from 1, a cost above 0 that fits into an empty bucket, and how often. `p_sweep`: how many
 * buckets that are empty to delete at most. Returns the level of each bucket before it was charged, or `-` for those whose answer
 * as of the function `apply` follows in an array after a new line.
 *
 * The row that would be inserted brings the numbers of the call to the one that is there: its level is what an empty bucket admits,
 * and `level_before` the units of one cost, below zero.
 */
export function chargeFunction(name: string): string {
  const since = 'greatest(b.since, excluded.since)';
  return `
CREATE OR REPLACE FUNCTION ${name}_charge(p_keys text[], p_rates bigint[], p_rate int[], p_cost bigint[], p_times bigint[],
  p_skew bigint, p_sweep int, p_now bigint) RETURNS text
LANGUAGE plpgsql VOLATILE AS $fn$
DECLARE
  moment bigint := coalesce(p_now, ${name}_clock());
  charged text[]; levels text; known jsonb := '{}'; others jsonb := '{}';
  one record; decided jsonb; before bigint;
BEGIN
  PERFORM ${name}_isolated();
  WITH done AS (
    INSERT INTO ${name} AS b (key, since, kind, drain, units, capacity, level, expires_at, kept_until, level_before)
      SELECT d.key, moment, d.kind, d.drain, d.units, d.capacity, d.level, d.empty, ${keptUntil('d.empty')}, -d.charge
      FROM (
        SELECT c.*, ${empty('c', 'moment', 'c.level')} AS empty FROM (
          SELECT e.*, least(e.times, e.capacity / e.charge) * e.charge AS level FROM (
            SELECT u.key, u.times, u.cost * p_rates[4 * u.rate - 1] AS charge, p_rates[4 * u.rate - 3] AS kind,
              p_rates[4 * u.rate - 2] AS drain, p_rates[4 * u.rate - 1] AS units, p_rates[4 * u.rate] AS capacity
            FROM unnest(p_keys, p_rate, p_cost, p_times) AS u(key, rate, cost, times) OFFSET 0
          ) e
        ) c
      ) d
      ORDER BY d.key COLLATE "C"
      ON CONFLICT (key) DO UPDATE SET (since, level, expires_at, kept_until, level_before) = (
        SELECT ${since}, c.level, ${empty('b', since, 'c.level')}, ${keptUntil(empty('b', since, 'c.level'))}, c.before
        FROM (
          SELECT d.before,
            least(d.before + excluded.level, b.capacity - (b.capacity - d.before) % -excluded.level_before) AS level
          FROM (SELECT ${drained('b', 'excluded.since')} AS before OFFSET 0) d
        ) c
      )
      WHERE CASE WHEN ${isRate('b', 'excluded', 'excluded.since')}
        THEN ${drained('b', 'excluded.since')} - excluded.level_before <= b.capacity ELSE false END
      RETURNING b.key, b.level_before
  ) SELECT array_agg(done.key), string_agg(greatest(0, done.level_before)::text, ' ') INTO charged, levels FROM done;

  IF coalesce(cardinality(charged), 0) < cardinality(p_keys) THEN
    moment := coalesce(p_now, ${name}_clock());
    FOR one IN
      SELECT u.*, ${isRate('b', 'u', 'moment')} AS is_rate, ${drained('b', 'moment')} AS drained,
        CASE WHEN b.expires_at > moment THEN ${stateOf('b')} END AS state
      FROM (
        SELECT a.key, a.cost, a.times, p_rates[4 * a.rate - 3] AS kind, p_rates[4 * a.rate - 2] AS drain,
          p_rates[4 * a.rate - 1] AS units, p_rates[4 * a.rate] AS capacity
        FROM unnest(p_keys, p_rate, p_cost, p_times) AS a(key, rate, cost, times)
      ) u JOIN ${name} b ON b.key = u.key
      WHERE u.key NOT IN (SELECT unnest(charged))
    LOOP
      IF one.is_rate AND one.drained + one.cost * one.units > one.capacity THEN
        known := known || jsonb_build_object(one.key, one.drained);
      ELSE
        decided := ${name}_decide(one.state, jsonb_build_object(
          'l', jsonb_build_array(jsonb_build_array(one.kind, one.drain, one.units, one.capacity, 0, 0)),
          'c', (SELECT jsonb_agg(one.cost) FROM generate_series(1, one.times))), moment, p_skew);
        others := others || jsonb_build_object(one.key, decided - 'state' - 'expires');
        IF decided->'state' <> 'null' THEN
          PERFORM ${name}_write(one.key, decided->'state', (decided->>'expires')::bigint);
        END IF;
      END IF;
    END LOOP;
    SELECT string_agg(coalesce(known->>u.key, CASE WHEN others ? u.key THEN '-' ELSE greatest(0, b.level_before)::text END), ' '
        ORDER BY u.place) || E'\\n' || coalesce(jsonb_agg(others->u.key ORDER BY u.place) FILTER (WHERE others ? u.key), '[]')
      INTO levels FROM unnest(p_keys) WITH ORDINALITY AS u(key, place) JOIN ${name} b ON b.key = u.key;
  END IF;
  IF p_sweep > 0 THEN
    PERFORM ${name}_sweep(p_sweep, moment);
  END IF;
  RETURN levels;
END
$fn$;
`;
}
