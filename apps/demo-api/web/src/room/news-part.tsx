import type { Room } from './room-state.js';

export function NewsPart({ room }: { room: Room }) {
  return (
    <section aria-labelledby="room-news">
      <h3 id="room-news">What happened</h3>
      {room.news.length === 0 && <p class="quiet">Nothing yet.</p>}
      <ul class="news">
        {room.news.slice(0, 8).map(({ at, text }, place) => (
          <li key={`${at}-${place}-${text}`}>
            <time>{new Date(at).toLocaleTimeString('en', { hour12: false })}</time> {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
