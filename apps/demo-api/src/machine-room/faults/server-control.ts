import type { RoomServer } from '../room-state.js';

export const SERVER_ACTIONS = ['freeze', 'resume', 'kill', 'restart'] as const;
export type ServerAction = (typeof SERVER_ACTIONS)[number];

/** Asks whoever started the servers to break or mend one of them. Answers with the servers as they are afterwards. */
export type ServerControl = (
  request: Readonly<{ action: 'list' } | { action: ServerAction; address: string }>,
) => Promise<readonly RoomServer[]>;

/** What makes faults possible; an application without it makes none. */
export type FaultTools = Readonly<{
  servers: ServerControl;
  /** The program and first arguments of `npm run search -- …`. */
  searchCommand: readonly [string, ...string[]];
}>;

/** A restart waits for the server to answer. */
const TIMEOUT_MS = 30_000;

type Reply = Readonly<{ id: number; answer?: readonly RoomServer[]; error?: string }>;
type Channel = Pick<NodeJS.Process, 'send' | 'on' | 'channel'>;

/** The control of `npm run demo`, which has started this process; without one there are no servers to break. */
export function parentControl(channel: Channel): ServerControl {
  if (channel.send === undefined) return () => Promise.resolve([]);
  const waiting = new Map<number, (reply: Reply) => void>();
  channel.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
  channel.channel?.unref(); // It keeps nobody from stopping.
  let lastId = 0;
  return (request) =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1);
      const settle = (end: () => void) => {
        clearTimeout(overdue);
        waiting.delete(id);
        end();
      };
      const fail = (reason: string) => settle(() => reject(new Error(reason)));
      const overdue = setTimeout(() => fail(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
      waiting.set(id, ({ answer, error }) => (error === undefined ? settle(() => resolve(answer ?? [])) : fail(error)));
      channel.send!({ id, ...request }, undefined, undefined, (error) => error && fail(error.message));
    });
}
