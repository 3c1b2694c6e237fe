import type { Node } from '../contracts/node.js';

/** A real server that the suite may empty, freeze and restart: nobody else uses it. */
export interface DriverServer {
  readonly node: Node;
  /** Where nothing listens. */
  readonly nowhere: Node;
  pause(): void;
  resume(): void;
  restart(): Promise<void>;
}
