import { isStoreVerb, metaStoreHeader, storeHeader } from './request.js';
import type { Refusal, Request, StoreHeader } from './request.js';

/** A line with no end after this many bytes ends the connection, unless it is a `get` of many keys. */
const maxLineBytes = 2048;
const lineFeed = 0x0a;

type State =
  | { reading: 'line' }
  | { reading: 'data'; header: StoreHeader; block: Buffer; filled: number }
  | { reading: 'discarded'; left: number };

/** Cuts a byte stream into memcached requests, wherever the stream is torn. */
export class RequestParser {
  private state: State = { reading: 'line' };
  private line: Buffer = Buffer.alloc(0);

  /** @param fits whether an item with this header may be stored; what may not is skipped, not kept. */
  constructor(private readonly fits: (header: StoreHeader) => boolean) {}

  *feed(chunk: Buffer): Generator<Request> {
    let rest = chunk;
    while (rest.length > 0) {
      const state = this.state;
      if (state.reading === 'discarded') {
        const skipped = Math.min(state.left, rest.length);
        rest = rest.subarray(skipped);
        this.state = skipped === state.left ? { reading: 'line' } : { ...state, left: state.left - skipped };
      } else if (state.reading === 'data') {
        const copied = rest.copy(state.block, state.filled);
        rest = rest.subarray(copied);
        state.filled += copied;
        if (state.filled === state.block.length) yield this.stored(state.header, state.block);
      } else {
        const end = rest.indexOf(lineFeed);
        this.line = Buffer.concat([this.line, end < 0 ? rest : rest.subarray(0, end)]);
        rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1);
        const request = end < 0 ? undefined : this.command(this.takeLine());
        if (request) yield request;
        if (this.line.length > maxLineBytes && !/^ *gets? /.test(this.line.toString('latin1', 0, 64)))
          yield { kind: 'hangUp' };
      }
    }
  }

  private takeLine(): string {
    const line = this.line.toString('latin1');
    this.line = Buffer.alloc(0);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  private command(line: string): Request | undefined {
    const words = line.split(' ').filter((word) => word !== '');
    const noreply = words.at(-1) === 'noreply';
    const verb = words[0];
    if (verb === 'ms') return this.storeCommand(metaStoreHeader(words), false);
    return isStoreVerb(verb)
      ? this.storeCommand(storeHeader(verb, words), noreply)
      : { kind: 'command', words, noreply };
  }

  private storeCommand(header: StoreHeader | Refusal, noreply: boolean): Request | undefined {
    if ('reply' in header) {
      if (header.skip !== undefined) this.state = { reading: 'discarded', left: header.skip + 2 };
      return { kind: 'refused', reply: header.reply, noreply: noreply && header.reply !== 'ERROR' };
    }
    if (!this.fits(header)) {
      this.state = { reading: 'discarded', left: header.bytes + 2 };
      return {
        kind: 'refused',
        reply: 'SERVER_ERROR object too large for cache',
        noreply,
        ...((header.verb === 'set' || header.meta) && { unlink: header.key }),
      };
    }
    const block = Buffer.allocUnsafeSlow(header.bytes + 2);
    this.state = { reading: 'data', header, block, filled: 0 };
    return undefined;
  }

  private stored(header: StoreHeader, block: Buffer): Request {
    this.state = { reading: 'line' };
    const intact = block.toString('latin1', header.bytes) === '\r\n';
    if (!intact) return { kind: 'refused', reply: 'CLIENT_ERROR bad data chunk', noreply: header.noreply };
    return { kind: 'store', header, data: block.subarray(0, header.bytes) };
  }
}
