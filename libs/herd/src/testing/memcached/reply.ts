import type { ItemStore } from './item-store.js';
import type { Counters } from './statistics.js';

/** What goes back to the client, in order; `hangUp` closes the connection. */
export type Reply = readonly Buffer[] | 'hangUp';

/** One command, as words, and what it works on. */
export type Context = Readonly<{ store: ItemStore; counters: Counters; words: readonly string[]; noreply: boolean }>;

/** A command gives its reply whole, or a line that `noreply` leaves out. */
export type Command = (context: Context) => readonly Buffer[] | string;

export const end = Buffer.from('END\r\n');
export const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, 'latin1');
