import { useEffect, useState } from 'preact/hooks';

// As `RoomState` of the API's description.
export type RoomNode = Readonly<{
  id: string;
  state: 'up' | 'refusing' | 'down';
  share: number;
  hits: number;
  misses: number;
  failures: number;
}>;
export type RoomServer = Readonly<{
  service: string;
  address: string;
  state: 'running' | 'frozen' | 'killed' | 'restarting';
}>;
export type RoomMigration = Readonly<{
  state: 'idle' | 'migrating' | 'migrated' | 'rolling-back';
  lines: readonly string[];
}>;
export type RoomFaults = Readonly<{ servers: readonly RoomServer[]; migration: RoomMigration }>;
export type RoomState = Readonly<{
  at: number;
  nodes: readonly RoomNode[];
  memoryHits: number;
  limits: Readonly<{ allowed: number; refused: number }>;
  outbox: Readonly<{ pending: number; deadLetters: number; lagMs: number }> | null;
  index: Readonly<{ alias: string; index: string | null; phase: string | null }> | null;
  engine: 'green' | 'yellow' | 'red' | null;
  faults: RoomFaults | null;
  news: readonly string[];
}>;

export type Room = Readonly<{
  state: RoomState | undefined;
  /** The newest last. */
  history: readonly RoomState[];
  news: readonly Readonly<{ at: number; text: string }>[];
  /** Whether messages come: there is one at least every second. */
  isLive: boolean;
}>;

const HISTORY = 60;
const NEWS = 30;
const SILENCE_MS = 4000;
const RETRY_MS = 2000;
const EMPTY: Room = { state: undefined, history: [], news: [], isLive: false };

/** The machine room as the application streams it. A stream that ends, or is silent, is opened again. */
export function useRoom(isWanted: boolean): Room {
  const [room, setRoom] = useState<Room>(EMPTY);
  useEffect(() => {
    if (!isWanted) return;
    let source: EventSource;
    let silence: ReturnType<typeof setTimeout>;
    let retry: ReturnType<typeof setTimeout>;
    const open = () => {
      source = new EventSource('machine-room/events');
      source.onmessage = ({ data }: MessageEvent<string>) => {
        watch();
        setRoom((before) => next(before, JSON.parse(data) as RoomState));
      };
      source.onerror = again;
      watch();
    };
    const watch = () => {
      clearTimeout(silence);
      silence = setTimeout(again, SILENCE_MS);
    };
    const again = () => {
      close();
      setRoom((before) => ({ ...before, isLive: false }));
      retry = setTimeout(open, RETRY_MS);
    };
    const close = () => {
      clearTimeout(silence);
      clearTimeout(retry);
      source.close();
    };
    open();
    return close;
  }, [isWanted]);
  return room;
}

function next({ history, news }: Room, state: RoomState): Room {
  return {
    state,
    history: [...history, state].slice(-HISTORY),
    news: [...state.news.map((text) => ({ at: state.at, text })).reverse(), ...news].slice(0, NEWS),
    isLive: true,
  };
}
