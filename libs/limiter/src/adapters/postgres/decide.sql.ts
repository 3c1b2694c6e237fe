/**
 * The decision on one bucket as a function of PL/pgSQL: what `applyRequest` does, with the same numbers. It reads no table and no
 * clock. `numeric` holds every product, so nothing rounds.
 *
 * `p_state`: the numbers of `toNumbers`, or NULL. `p_call`: `{ l: limits, s: settles, e: lease to end, c: costs }`, where a limit is
 * `[1 or 2, drainPerTick, unitsPerToken, capacity, maxDebt, blockMicros]`, `[3, capacity, blockMicros, boundary × 4]` or
 * `[4, capacity, leaseMicros]`. Returns `{ state, expires, ahead, answers }`: the
 * first answer is the reading before the first cost, then there is one for each; `state` is null where nothing has changed.
 */
export function decideFunction(name: string): string {
  return `
CREATE OR REPLACE FUNCTION ${name}_scaled(p_units numeric, p_from numeric, p_to numeric, p_up boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $fn$
  SELECT least(9007199254740991, div(p_units * p_to + CASE WHEN p_up THEN p_from - 1 ELSE 0 END, p_from))
$fn$;

CREATE OR REPLACE FUNCTION ${name}_forgotten(p_kind numeric, p_a numeric, p_b numeric, p_capacity numeric, p_seen numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE AS $fn$
  SELECT p_seen + greatest(3600000000, CASE WHEN p_kind = 3 THEN p_b - p_a
    ELSE div(p_capacity + p_a - 1, p_a) * CASE WHEN p_kind = 2 THEN 1000 ELSE 1 END END)
$fn$;

CREATE OR REPLACE FUNCTION ${name}_decide(p_state bigint[], p_call jsonb, p_now numeric, p_skew numeric) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $fn$
DECLARE
  top CONSTANT numeric := 9007199254740991;
  -- The limits of the call.
  n int := jsonb_array_length(p_call->'l');
  kind numeric[]; a numeric[]; b numeric[]; units numeric[]; tick numeric[]; capacity numeric[]; debt numeric[]; block numeric[];
  edges jsonb[]; level numeric[]; blocked numeric[];
  lease_micros numeric;
  plain boolean := true;
  settles boolean := coalesce((p_call->>'s')::boolean, false);
  -- What is stored.
  m int := 0;
  s_kind numeric[]; s_a numeric[]; s_b numeric[]; s_units numeric[]; s_tick numeric[]; s_capacity numeric[]; s_level numeric[];
  s_blocked numeric[]; s_seen numeric[]; s_own boolean[];
  leases numeric[] := '{}';
  since numeric := p_now;
  ahead numeric := 0;
  changed boolean := false;
  -- At work.
  one jsonb; cost numeric; ticks numeric; start numeric; lease numeric; allowed boolean; room boolean; empty numeric;
  goes_on boolean; period int; i int; j int; k int; base int;
  reading jsonb; outcomes jsonb := '[]';
  state numeric[]; expires numeric; kept int;
BEGIN
  FOR i IN 1..n LOOP
    one := p_call->'l'->(i - 1);
    kind[i] := (one->>0)::numeric;
    units[i] := 1; tick[i] := 1; debt[i] := 0; block[i] := 0;
    IF kind[i] <= 2 THEN
      a[i] := (one->>1)::numeric; units[i] := (one->>2)::numeric; b[i] := units[i]; capacity[i] := (one->>3)::numeric;
      debt[i] := (one->>4)::numeric; block[i] := (one->>5)::numeric;
      tick[i] := CASE WHEN kind[i] = 1 THEN 1 ELSE 1000 END;
    ELSIF kind[i] = 3 THEN
      capacity[i] := (one->>1)::numeric; block[i] := (one->>2)::numeric; edges[i] := one;
      period := CASE WHEN p_now < (one->>4)::numeric THEN 3 WHEN p_now < (one->>5)::numeric THEN 4 ELSE 5 END;
      a[i] := (one->>period)::numeric; b[i] := (one->>(period + 1))::numeric;
    ELSE
      capacity[i] := (one->>1)::numeric; lease_micros := (one->>2)::numeric;
    END IF;
    plain := plain AND kind[i] <= 2 AND block[i] = 0;
  END LOOP;

  IF p_state IS NOT NULL THEN
    since := p_state[1];
    m := p_state[2];
    IF since - p_now > p_skew THEN
      ahead := since - p_now;
      changed := true;
    END IF;
    FOR j IN 1..m LOOP
      base := 2 + 7 * (j - 1);
      s_kind[j] := p_state[base + 1]; s_a[j] := p_state[base + 2]; s_b[j] := p_state[base + 3];
      s_capacity[j] := p_state[base + 4]; s_level[j] := p_state[base + 5];
      s_blocked[j] := greatest(0, p_state[base + 6] - ahead); s_seen[j] := greatest(0, p_state[base + 7] - ahead);
      s_units[j] := CASE WHEN s_kind[j] = 3 THEN 1 ELSE s_b[j] END;
      s_tick[j] := CASE WHEN s_kind[j] = 2 THEN 1000 ELSE 1 END;
      s_own[j] := false;
    END LOOP;
    FOR j IN 3 + 7 * m..cardinality(p_state) LOOP
      lease := greatest(0, p_state[j] - ahead);
      IF lease > p_now THEN leases := leases || lease; END IF;
    END LOOP;
    since := since - ahead;
    FOR j IN 1..m LOOP
      IF s_kind[j] = 3 THEN
        -- A period that is over counts for nobody.
        IF s_b[j] <= p_now THEN s_kind[j] := 0; END IF;
      ELSE
        ticks := div(p_now, s_tick[j]) - div(since, s_tick[j]);
        IF ticks > 0 THEN s_level[j] := greatest(0, s_level[j] - s_a[j] * ticks); END IF;
      END IF;
    END LOOP;
    since := greatest(since, p_now);
  END IF;

  -- Which of the stored limits is the call's, by its rate or its period.
  FOR i IN 1..n LOOP
    level[i] := NULL; blocked[i] := 0;
    FOR j IN 1..m LOOP
      IF level[i] IS NULL AND s_kind[j] = kind[i] THEN
        IF kind[i] <= 2 THEN
          room := s_a[j] = a[i] AND s_b[j] = b[i];
        ELSE
          room := false;
          FOR period IN 3..5 LOOP
            IF (edges[i]->>period)::numeric = s_a[j] THEN
              room := (edges[i]->>(period + 1))::numeric = s_b[j];
              EXIT;
            END IF;
          END LOOP;
        END IF;
        IF room THEN
          level[i] := s_level[j]; blocked[i] := s_blocked[j]; s_own[j] := true;
          IF kind[i] = 3 THEN a[i] := s_a[j]; b[i] := s_b[j]; END IF;
        END IF;
      END IF;
    END LOOP;
  END LOOP;

  -- Where a limit starts that is not stored: see conversion.ts.
  FOR i IN 1..n LOOP
    IF level[i] IS NULL AND kind[i] < 4 THEN
      level[i] := 0;
      FOR j IN 1..m LOOP
        CONTINUE WHEN s_kind[j] = 0;
        goes_on := false;
        FOR k IN 1..n LOOP
          IF kind[k] = s_kind[j] AND capacity[k] <= s_capacity[j] THEN
            IF kind[k] <= 2 THEN
              goes_on := goes_on OR (s_a[j] = a[k] AND s_b[j] = b[k]);
            ELSE
              FOR period IN 3..5 LOOP
                IF (edges[k]->>period)::numeric = s_a[j] THEN
                  goes_on := goes_on OR (edges[k]->>(period + 1))::numeric = s_b[j];
                  EXIT;
                END IF;
              END LOOP;
            END IF;
          END IF;
        END LOOP;
        CONTINUE WHEN goes_on;
        start := ${name}_scaled(s_level[j], s_units[j], units[i], true);
        IF NOT (kind[i] < 3 AND s_kind[j] < 3 AND a[i]::float8 / units[i]::float8 / tick[i]::float8
            >= s_a[j]::float8 / s_units[j]::float8 / s_tick[j]::float8) THEN
          start := start + greatest(0, capacity[i] - ${name}_scaled(s_capacity[j], s_units[j], units[i], false));
        END IF;
        level[i] := greatest(level[i], least(top, start));
      END LOOP;
    END IF;
  END LOOP;

  IF p_call->>'e' IS NOT NULL THEN
    lease := (p_call->>'e')::numeric;
    IF lease = ANY (leases) THEN
      leases := array_remove(leases, lease);
      changed := true;
    END IF;
  END IF;

  FOR k IN 0..jsonb_array_length(p_call->'c') LOOP
    lease := NULL;
    allowed := true;
    IF k > 0 THEN
      cost := (p_call->'c'->>(k - 1))::numeric;
      IF cost > 0 AND NOT settles THEN
        FOR i IN 1..n LOOP
          room := CASE WHEN kind[i] = 4 THEN cardinality(leases) < capacity[i] ELSE cost * units[i] <= capacity[i] - level[i] END;
          allowed := allowed AND room AND (block[i] = 0 OR blocked[i] <= p_now);
        END LOOP;
      END IF;
      IF allowed THEN
        changed := true;
        FOR i IN 1..n LOOP
          CONTINUE WHEN kind[i] = 4;
          IF cost > 0 AND settles THEN
            level[i] := greatest(level[i], least(capacity[i] + debt[i], least(top, level[i] + cost * units[i])));
          ELSE
            level[i] := greatest(0, least(top, level[i] + cost * units[i]));
          END IF;
        END LOOP;
        FOR j IN 1..m LOOP
          IF NOT s_own[j] THEN s_level[j] := greatest(0, least(top, s_level[j] + cost * s_units[j])); END IF;
        END LOOP;
        IF cost > 0 AND NOT settles AND lease_micros IS NOT NULL THEN
          lease := p_now + lease_micros;
          WHILE lease = ANY (leases) LOOP lease := lease + 1; END LOOP;
          leases := leases || lease;
        END IF;
      ELSE
        FOR i IN 1..n LOOP
          IF block[i] > 0 AND blocked[i] <= p_now AND cost * units[i] > capacity[i] - level[i] THEN
            blocked[i] := p_now + block[i];
            changed := true;
          END IF;
        END LOOP;
      END IF;
    END IF;
    reading := jsonb_build_object('levels', (
      SELECT jsonb_agg(CASE WHEN kind[x] = 4 THEN cardinality(leases) ELSE level[x] END ORDER BY x) FROM generate_series(1, n) x));
    IF NOT plain THEN
      reading := reading || jsonb_build_object('waits', (
        SELECT jsonb_agg(CASE kind[x] WHEN 3 THEN greatest(0, b[x] - p_now)
          WHEN 4 THEN coalesce((SELECT min(l) - p_now FROM unnest(leases) l), 0) ELSE 0 END ORDER BY x) FROM generate_series(1, n) x),
        'blocks', (SELECT jsonb_agg(CASE WHEN block[x] > 0 THEN greatest(0, blocked[x] - p_now) ELSE 0 END ORDER BY x)
          FROM generate_series(1, n) x));
    END IF;
    IF k = 0 THEN
      outcomes := jsonb_build_array(reading);
    ELSE
      one := jsonb_build_object('allowed', allowed) || reading;
      IF lease IS NOT NULL THEN one := one || jsonb_build_object('lease', lease); END IF;
      outcomes := outcomes || jsonb_build_array(one);
    END IF;
  END LOOP;

  IF changed THEN
    expires := since;
    kept := 0;
    state := '{}';
    FOR i IN 1..n LOOP
      CONTINUE WHEN kind[i] = 4;
      kept := kept + 1;
      state := state || ARRAY[kind[i], a[i], b[i], capacity[i], level[i], blocked[i], since];
    END LOOP;
    FOR j IN SELECT x FROM generate_series(1, m) x
      WHERE NOT s_own[x] AND s_kind[x] > 0 AND since < ${name}_forgotten(s_kind[x], s_a[x], s_b[x], s_capacity[x], s_seen[x])
    LOOP
      s_own[j] := NULL;
    END LOOP;
    -- The eight that were seen last, and where all of them stay, in the order in which they are stored.
    FOR j IN
      SELECT x FROM generate_series(1, m) x WHERE s_own[x] IS NULL
      ORDER BY CASE WHEN (SELECT count(*) FROM generate_series(1, m) y WHERE s_own[y] IS NULL) > 8 THEN s_seen[x] END DESC, x
      LIMIT 8
    LOOP
      kept := kept + 1;
      state := state || ARRAY[s_kind[j], s_a[j], s_b[j], s_capacity[j], s_level[j], s_blocked[j], s_seen[j]];
    END LOOP;
    FOR k IN 1..kept LOOP
      base := 7 * (k - 1);
      empty := CASE WHEN state[base + 1] <= 2 THEN
          (div(since, CASE WHEN state[base + 1] = 2 THEN 1000 ELSE 1 END) + div(state[base + 5] + state[base + 2] - 1, state[base + 2]))
            * CASE WHEN state[base + 1] = 2 THEN 1000 ELSE 1 END
        WHEN state[base + 5] > 0 THEN state[base + 3] ELSE 0 END;
      IF state[base + 7] <> since THEN
        empty := least(empty, ${name}_forgotten(state[base + 1], state[base + 2], state[base + 3], state[base + 4], state[base + 7]));
      END IF;
      expires := greatest(expires, empty, state[base + 6]);
    END LOOP;
    state := ARRAY[since, kept::numeric] || state || leases;
    expires := greatest(expires, (SELECT max(l) FROM unnest(leases) l));
  END IF;
  RETURN jsonb_build_object('state', to_jsonb(state), 'expires', expires, 'ahead', ahead, 'answers', outcomes);
END
$fn$;
`;
}
