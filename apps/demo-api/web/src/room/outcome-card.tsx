import type { Outcome } from './experiments.js';
import type { ProbeReport } from './probe.js';

/** The last experiment: what was done, and what a client saw meanwhile. */
export function OutcomeCard({ outcome }: { outcome: Outcome | undefined }) {
  if (outcome === undefined) return null;
  const { title, text, report, isOver } = outcome;
  return (
    <section class="outcome" aria-labelledby="room-outcome" aria-live="polite">
      <h3 id="room-outcome">{title}</h3>
      <p>{text}</p>
      {report && <Seen report={report} />}
      <p class="quiet">{isOver ? 'Over.' : 'Under way.'}</p>
    </section>
  );
}

function Seen({ report: { requests, failures, limited, medianMs, maxMs, problem } }: { report: ProbeReport }) {
  return (
    <>
      <p class="seen">A client saw meanwhile</p>
      <dl class="figures">
        <div>
          <dt>requests</dt>
          <dd>{requests}</dd>
        </div>
        <div>
          <dt>failures</dt>
          <dd class={failures > 0 ? 'bad' : 'good'}>{failures}</dd>
        </div>
        <div>
          <dt>p50</dt>
          <dd>{Math.round(medianMs)} ms</dd>
        </div>
        <div>
          <dt>longest</dt>
          <dd>{Math.round(maxMs)} ms</dd>
        </div>
      </dl>
      {problem !== undefined && (
        <p class="quiet">
          The last failure{limited > 0 ? `, ${limited} of them over the limit` : ''}: {problem}
        </p>
      )}
    </>
  );
}
