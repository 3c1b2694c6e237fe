/** What is stored of a bucket, as an array, by either form. */
export const stateOf = (row: string): string => `
  CASE WHEN ${row}.kind IS NULL THEN ${row}.state
    ELSE ARRAY[${row}.since, 1, ${row}.kind, ${row}.drain, ${row}.units, ${row}.capacity, ${row}.level, 0, ${row}.since] END`;

/**
 * Decides any buckets in one statement: each for itself, or all or none with one cost each. Their rows are locked in the order of
 * their keys, made where there is none, which keeps others away from reading to commit; the server's clock is read when they are
 * held. A call that only reads locks nothing. Each statement that writes deletes a few buckets that are empty.
 *
 * `p_now`: the time in microseconds for tests; NULL for the server's clock. Returns an answer for each call: `{ ahead, answers }`.
 */
export function applyFunction(name: string): string {
  return `
CREATE OR REPLACE FUNCTION ${name}_isolated() RETURNS void LANGUAGE plpgsql AS $fn$
BEGIN
  -- A snapshot of the whole transaction would not hold what was charged last.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'LIMITER_ISOLATION must be read committed (got %)', current_setting('transaction_isolation');
  END IF;
END
$fn$;

CREATE OR REPLACE FUNCTION ${name}_clock() RETURNS bigint LANGUAGE sql VOLATILE AS $fn$
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$fn$;

CREATE OR REPLACE FUNCTION ${name}_write(p_key text, p_state jsonb, p_expires bigint) RETURNS void
LANGUAGE plpgsql VOLATILE AS $fn$
DECLARE
  s bigint[] := (SELECT array_agg(x::bigint ORDER BY o) FROM jsonb_array_elements_text(p_state) WITH ORDINALITY e(x, o));
  -- One rate that nobody blocks, written now: what the function charge reads.
  one boolean := cardinality(s) = 9 AND s[2] = 1 AND s[3] <= 2 AND s[8] = 0 AND s[9] = s[1];
BEGIN
  UPDATE ${name} SET state = CASE WHEN one THEN NULL ELSE s END, since = CASE WHEN one THEN s[1] END,
    kind = CASE WHEN one THEN s[3] END, drain = CASE WHEN one THEN s[4] END, units = CASE WHEN one THEN s[5] END,
    capacity = CASE WHEN one THEN s[6] END, level = CASE WHEN one THEN s[7] END, expires_at = p_expires,
    kept_until = CASE WHEN kept_until BETWEEN p_expires AND p_expires + 120000000 THEN kept_until ELSE p_expires + 60000000 END
  WHERE key = p_key;
END
$fn$;

CREATE OR REPLACE FUNCTION ${name}_sweep(p_most int, p_now bigint) RETURNS void LANGUAGE sql VOLATILE AS $fn$
  DELETE FROM ${name} WHERE key IN (
    SELECT key FROM ${name} WHERE kept_until <= p_now AND expires_at <= p_now ORDER BY kept_until LIMIT p_most
    FOR UPDATE SKIP LOCKED)
$fn$;

CREATE OR REPLACE FUNCTION ${name}_apply(p_calls jsonb, p_together boolean, p_skew bigint, p_now bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $fn$
DECLARE
  moment numeric;
  calls int := jsonb_array_length(p_calls);
  states jsonb := '{}';
  expiries jsonb := '{}';
  written text[] := '{}';
  one jsonb; decided jsonb; answers jsonb := '[]';
  bucket text; stored bigint[]; place int; refused int;
BEGIN
  PERFORM ${name}_isolated();
  IF jsonb_path_exists(p_calls, '$[*] ? (@.c.size() > 0 || exists(@.e))') THEN
    INSERT INTO ${name} AS b (key, state, expires_at)
      SELECT DISTINCT (each->>'k') COLLATE "C" AS k, '{}'::bigint[], 0 FROM jsonb_array_elements(p_calls) each ORDER BY k
      ON CONFLICT (key) DO UPDATE SET state = b.state WHERE false;
  END IF;
  moment := coalesce(p_now, ${name}_clock());
  -- A snapshot of its own: it sees what whoever held the locks before has committed.
  SELECT coalesce(jsonb_object_agg(b.key, to_jsonb(${stateOf('b')})), '{}') INTO states FROM ${name} b
    WHERE b.key IN (SELECT each->>'k' FROM jsonb_array_elements(p_calls) each) AND b.expires_at > moment;
  one := states;
  FOR place IN 0..calls - 1 LOOP
    bucket := p_calls->place->>'k';
    stored := (SELECT array_agg(x::bigint ORDER BY o) FROM jsonb_array_elements_text(states->bucket) WITH ORDINALITY e(x, o));
    decided := ${name}_decide(stored, p_calls->place, moment, p_skew);
    answers := answers || jsonb_build_array(decided - 'state' - 'expires');
    IF decided->'state' <> 'null' THEN
      states := states || jsonb_build_object(bucket, decided->'state');
      expiries := expiries || jsonb_build_object(bucket, decided->'expires');
      written := written || bucket;
    END IF;
    IF p_together AND NOT (decided->'answers'->1->>'allowed')::boolean THEN
      refused := place;
      EXIT;
    END IF;
  END LOOP;
  IF refused IS NOT NULL THEN
    -- Nobody is charged; the one that refused may block from now on.
    answers := '[]'; written := '{}'; states := one;
    FOR place IN 0..refused LOOP
      bucket := p_calls->place->>'k';
      stored := (SELECT array_agg(x::bigint ORDER BY o) FROM jsonb_array_elements_text(states->bucket) WITH ORDINALITY e(x, o));
      IF place < refused THEN
        decided := ${name}_decide(stored, p_calls->place || '{"c": []}', moment, p_skew);
        decided := jsonb_set(decided, '{answers,1}', (decided->'answers'->0) || '{"allowed": true}');
      ELSE
        decided := ${name}_decide(stored, p_calls->place, moment, p_skew);
        -- Named twice, it may have room without the charge before: it is refused all the same, and written as it was.
        IF (decided->'answers'->1->>'allowed')::boolean THEN
          decided := ${name}_decide(stored, p_calls->place || '{"c": []}', moment, p_skew);
          decided := jsonb_set(decided, '{answers,1}', (decided->'answers'->0) || '{"allowed": false}');
        END IF;
      END IF;
      answers := answers || jsonb_build_array(decided - 'state' - 'expires');
      IF decided->'state' <> 'null' THEN
        states := states || jsonb_build_object(bucket, decided->'state');
        expiries := expiries || jsonb_build_object(bucket, decided->'expires');
        written := written || bucket;
      END IF;
    END LOOP;
  END IF;
  IF cardinality(written) > 0 THEN
    PERFORM ${name}_write(w, states->w, (expiries->>w)::bigint) FROM (SELECT DISTINCT unnest(written) AS w) each;
    PERFORM ${name}_sweep(2 * cardinality(written), moment::bigint);
  END IF;
  RETURN answers;
END
$fn$;
`;
}
