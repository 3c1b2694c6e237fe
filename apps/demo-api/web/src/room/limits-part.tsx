import type { Experiments } from './experiments.js';
import { leftAt, useLimits } from './limits.js';
import type { RoomState } from './room-state.js';

export function LimitsPart({ state, experiments }: Readonly<{ state: RoomState; experiments: Experiments }>) {
  const limits = useLimits();
  const { allowed, refused } = state.limits;
  const now = performance.now();
  return (
    <section aria-labelledby="room-limits">
      <h3 id="room-limits">
        Limits <small>@rookery/limiter</small>
      </h3>
      <p class="quiet">
        {allowed.toLocaleString('en')} requests let through, {refused.toLocaleString('en')} refused
      </p>
      <ul class="limits">
        {limits
          .map((each) => ({ ...each, left: leftAt(each, now) }))
          .map(({ policy, left, limit }) => (
            <li key={policy}>
              <span>{policy}</span>
              <span>
                {left} of {limit} left for you
              </span>
              <span class="bar">
                <span style={{ width: `${(left / limit) * 100}%` }} />
              </span>
            </li>
          ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={experiments.burst}>
          Send a burst of 60
        </button>
      </div>
    </section>
  );
}
