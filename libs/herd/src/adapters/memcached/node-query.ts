import type { Query } from './npm-memcached.js';

/** Longer than a verb with a key, which has 250 bytes at most; the value after them may be long. */
const longestHead = 270;

/** One command. Verb and key are parsed only when something reads them, as an instrumentation does. */
export class NodeQuery implements Query {
  constructor(
    readonly command: string,
    readonly callback: Query['callback'],
  ) {}

  get type(): string {
    return this.head[0]!;
  }

  get key(): string | undefined {
    return this.head[1];
  }

  private get head(): string[] {
    return this.command.slice(0, longestHead).split(/[ \r]/, 2);
  }
}
