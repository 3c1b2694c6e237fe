export { nodesFile } from './file.discovery.js';
export type { NodesFileOptions } from './file.discovery.js';
