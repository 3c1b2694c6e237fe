import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What is done with each message of a channel. It must not throw: Node would end the process. */
export type Listeners = Readonly<Record<string, (message: never) => void>>;

/** @returns a function that ends it. */
export function listen(listeners: Listeners): () => void {
  const entries = Object.entries(listeners) as [string, (message: unknown) => void][];
  for (const [channel, listener] of entries) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of entries) unsubscribe(channel, listener);
  };
}
