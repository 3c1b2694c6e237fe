export { kubernetes } from './kubernetes.discovery.js';
export type { KubernetesOptions } from './kubernetes.discovery.js';
