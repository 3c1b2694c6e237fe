/** What a node has replied so far: a block of text, that it has none, that the command is unknown to it, or nonsense. */
export type ConfigReply =
  | Readonly<{ state: 'partial' }>
  | Readonly<{ state: 'config'; text: string }>
  | Readonly<{ state: 'none' }>
  | Readonly<{ state: 'unknown-command' }>
  | Readonly<{ state: 'garbage'; what: string }>;

/** Far above a cluster of 300 nodes, the most that ElastiCache allows. */
const mostBytes = 1024 * 1024;

/**
 * Reads the reply to `config get cluster` (`CONFIG cluster 0 <bytes>`) or to `get AmazonElastiCache:cluster` (`VALUE …`).
 * The block is read by its length, as it holds line ends itself; after it, and after each line, LF will do for CR LF.
 */
export function readConfigReply(bytes: Buffer): ConfigReply {
  const lineEnd = bytes.indexOf('\n');
  if (lineEnd === -1) return bytes.length > 1024 ? garbage(bytes) : { state: 'partial' };
  const line = bytes.toString('latin1', 0, lineEnd).trimEnd();
  if (line === 'ERROR') return { state: 'unknown-command' };
  if (line === 'END') return { state: 'none' };
  const [, length] = /^(?:CONFIG|VALUE) \S+ \d+ (\d{1,9})$/.exec(line) ?? [];
  if (length === undefined || Number(length) > mostBytes) return garbage(bytes);
  const end = lineEnd + 1 + Number(length);
  if (bytes.length < end) return { state: 'partial' };
  const rest = bytes.toString('latin1', end, end + 16);
  if (/^\r?\nEND\r?\n/.test(rest)) return { state: 'config', text: bytes.toString('latin1', lineEnd + 1, end) };
  return endings.some((ending) => ending.startsWith(rest)) ? { state: 'partial' } : garbage(bytes.subarray(end));
}

const endings = ['\r\nEND\r\n', '\r\nEND\n', '\nEND\r\n', '\nEND\n'];

const garbage = (bytes: Buffer): ConfigReply => ({ state: 'garbage', what: bytes.toString('latin1', 0, 60) });
