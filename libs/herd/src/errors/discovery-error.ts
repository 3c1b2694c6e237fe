import { HerdError } from './herd-error.js';

/** A discovery could not find the nodes. The herd keeps those that it has, and tries again at its next tick. */
export class HerdDiscoveryError extends HerdError {
  readonly code = 'HERD_DISCOVERY';
}
