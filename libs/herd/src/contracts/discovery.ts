import type { Node } from './node.js';

/** What a discovery found. A `version`, where the source has one, rises with each change: an older answer is rejected. */
export type Discovered = Readonly<{ nodes: readonly Node[]; version?: number | bigint }>;

/**
 * Finds the nodes of a herd. The herd calls `nodes` at every tick and keeps its last good answer when that fails, so an
 * implementation just throws on trouble.
 */
export interface Discovery {
  /** For messages, such as `static` or `dns`. */
  readonly name: string;

  /** Optional: true where `nodes` never finds anything else, so that the herd need not be ready for a change. Default false. */
  readonly isFixed?: boolean;

  /** @param signal aborted at the herd's deadline for discovery, or when the herd closes. */
  nodes(signal: AbortSignal): Promise<Discovered>;

  /**
   * Optional: calls `changed` when there may be news, so that the herd calls `nodes` before its next tick.
   *
   * @returns a function that ends the watch.
   */
  watch?(changed: () => void): () => void;

  /** Releases what the discovery holds. Called once, when the herd stops. */
  close?(): Promise<void>;
}
