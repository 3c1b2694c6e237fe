import type { Hit } from '../api.js';
import { Marked } from './marked.js';

/** One passage that was found. */
export function HitCard({ hit, onOpen }: { hit: Hit; onOpen: (address: number, passage?: number) => void }) {
  const { address, president, highlights, text } = hit;
  return (
    <article class="hit">
      <header>
        <h2>
          <button type="button" onClick={() => onOpen(address.id, hit.id)}>
            {president.name}, {address.year}
          </button>
        </h2>
        {president.party !== 'none' && <span class="party">{president.party}</span>}
      </header>
      <p class="passage">
        {highlights.length === 0
          ? text
          : highlights.map((part, at) => (
              <span key={at}>
                <Marked text={part} />
                {at < highlights.length - 1 && ' … '}
              </span>
            ))}
      </p>
    </article>
  );
}
