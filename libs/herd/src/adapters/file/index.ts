export { nodesFile } from './file.discovery.js';
export type { NodesFileOptions } from './file.discovery.js';

// The contracts that these mention
export type { Discovered, Discovery } from '../../contracts/discovery.js';
export type { Duration } from '../../contracts/duration.js';
export type { Node } from '../../contracts/node.js';
