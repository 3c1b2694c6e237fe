/** One embedded memcached node as a process: `memcached-node PORT [MEGABYTES]`. */
import { startMemcachedNode } from '@rookery/herd/testing';

const [port, megabytes] = process.argv.slice(2).map(Number);
const node = await startMemcachedNode({
  ...(port && { port }),
  ...(megabytes && { maxBytes: megabytes * 1024 * 1024 }),
});
process.once('SIGTERM', () => void node.close().then(() => process.exit(0)));
console.log(`listening on ${node.host}:${node.port}`);
