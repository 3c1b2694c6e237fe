/**
 * Charges buckets of one plain rate each, which nearly all are, in one pass: a row that is as this limit wrote it is read, decided
 * and written where it is locked, in whole numbers of 64 bits. What has no room, or is stored otherwise, is decided after that, under
 * the same lock: so a refusal is judged by the clock as it is then.
 *
 * `p_keys`: each once. `p_rates`: for each limit `1 or 2, drainPerTick, unitsPerToken, capacity`; `p_rate`, `p_cost` and `p_times`
 * for each bucket its limit, counted from 1, a cost above 0 that fits into an empty bucket, and how often. `p_sweep`: how many
 * buckets that are empty to delete at most. Returns the level of each bucket before it was charged, or `-` for those whose answer
 * as of the function `apply` follows in an array after a new line.
 *
 * The row that would be inserted brings the numbers of the call to the one that is there: `level` is what an empty bucket admits, and
 * `level_before` the units of one cost, below zero.
 */
export function chargeFunction(name: string): string {
  return `
CREATE OR REPLACE FUNCTION ${name}_drained(p_state bigint[], p_now bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $fn$
  SELECT CASE
    WHEN p_state[3] = 1 AND p_now > p_state[1] THEN
      CASE WHEN p_now - p_state[1] >= (p_state[7] + p_state[4] - 1) / p_state[4] THEN 0
      ELSE p_state[7] - p_state[4] * (p_now - p_state[1]) END
    WHEN p_state[3] = 2 AND p_now / 1000 > p_state[1] / 1000 THEN
      CASE WHEN p_now / 1000 - p_state[1] / 1000 >= (p_state[7] + p_state[4] - 1) / p_state[4] THEN 0
      ELSE p_state[7] - p_state[4] * (p_now / 1000 - p_state[1] / 1000) END
    ELSE p_state[7] END
$fn$;

CREATE OR REPLACE FUNCTION ${name}_rate_empty(p_since bigint, p_kind bigint, p_drain bigint, p_level bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $fn$
  SELECT greatest(p_since, CASE WHEN p_kind = 1 THEN p_since + (p_level + p_drain - 1) / p_drain
    ELSE (p_since / 1000 + (p_level + p_drain - 1) / p_drain) * 1000 END)
$fn$;

CREATE OR REPLACE FUNCTION ${name}_is_rate(p_state bigint[], p_other bigint[], p_now bigint, p_skew bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $fn$
  SELECT cardinality(p_state) = 9 AND p_state[2:6] = p_other[2:6] AND p_state[8] = 0 AND p_state[1] - p_now <= p_skew
$fn$;

CREATE OR REPLACE FUNCTION ${name}_charge(p_keys text[], p_rates bigint[], p_rate int[], p_cost bigint[], p_times bigint[],
  p_skew bigint, p_sweep int, p_now bigint) RETURNS text
LANGUAGE plpgsql VOLATILE AS $fn$
DECLARE
  moment bigint := coalesce(p_now, ${name}_clock());
  charged text[]; levels text; known jsonb := '{}'; others jsonb := '{}';
  one record; decided jsonb;
BEGIN
  PERFORM ${name}_isolated();
  WITH done AS (
    INSERT INTO ${name} AS b (key, state, expires_at, kept_until, level_before)
      SELECT c.key, ARRAY[moment, 1, c.kind, c.drain, c.units, c.capacity, c.level, 0, moment], c.empty, c.empty + 60000000, -c.charge
      FROM (
        SELECT d.*, ${name}_rate_empty(moment, d.kind, d.drain, d.level) AS empty FROM (
          SELECT key, kind, drain, units, capacity, cost * units AS charge,
            least(times, capacity / (cost * units)) * cost * units AS level
          FROM (
            SELECT u.key, u.cost, u.times, p_rates[4 * u.rate - 3] AS kind, p_rates[4 * u.rate - 2] AS drain,
              p_rates[4 * u.rate - 1] AS units, p_rates[4 * u.rate] AS capacity
            FROM unnest(p_keys, p_rate, p_cost, p_times) AS u(key, rate, cost, times)
          ) e
        ) d
      ) c
      ORDER BY c.key COLLATE "C"
      ON CONFLICT (key) DO UPDATE SET (state, expires_at, kept_until, level_before) = (
        SELECT ARRAY[e.since, 1, e.kind, e.drain, e.units, e.capacity, e.level, 0, e.since], e.empty,
          ${name}_kept(b.kept_until, e.empty), e.before
        FROM (
          SELECT d.*, ${name}_rate_empty(d.since, d.kind, d.drain, d.level) AS empty FROM (
            SELECT c.before, greatest(b.state[1], excluded.state[1]) AS since, b.state[3] AS kind, b.state[4] AS drain,
              b.state[5] AS units, b.state[6] AS capacity,
              c.before + least(excluded.state[7], (b.state[6] - c.before) / -excluded.level_before * -excluded.level_before) AS level
            FROM (SELECT ${name}_drained(b.state, excluded.state[1]) AS before) c
          ) d
        ) e
      )
      WHERE CASE WHEN ${name}_is_rate(b.state, excluded.state, excluded.state[1], p_skew)
        THEN ${name}_drained(b.state, excluded.state[1]) - excluded.level_before <= b.state[6] ELSE false END
      RETURNING b.key, b.level_before
  ) SELECT array_agg(done.key), string_agg(greatest(0, done.level_before)::text, ' ') INTO charged, levels FROM done;

  IF coalesce(cardinality(charged), 0) < cardinality(p_keys) THEN
    moment := coalesce(p_now, ${name}_clock());
    FOR one IN
      SELECT u.key, u.cost, u.times, b.state, b.expires_at, p_rates[4 * u.rate - 3:4 * u.rate] AS rate
      FROM unnest(p_keys, p_rate, p_cost, p_times) AS u(key, rate, cost, times) JOIN ${name} b ON b.key = u.key
      WHERE u.key NOT IN (SELECT unnest(charged))
    LOOP
      IF ${name}_is_rate(one.state, ARRAY[0, 1] || one.rate, moment, p_skew)
        AND ${name}_drained(one.state, moment) + one.cost * one.rate[3] > one.rate[4]
      THEN
        known := known || jsonb_build_object(one.key, ${name}_drained(one.state, moment));
      ELSE
        decided := ${name}_decide(CASE WHEN one.expires_at > moment THEN one.state END, jsonb_build_object(
          'l', jsonb_build_array(to_jsonb(one.rate || ARRAY[0, 0]::bigint[])),
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
