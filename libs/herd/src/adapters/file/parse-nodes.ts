import { parseAddress } from '../../support/address.js';
import type { Discovered } from '../../contracts/discovery.js';
import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';

/**
 * Reads the text of a nodes file: JSON where it begins with `[` or `{`, else lines.
 *
 * @throws SyntaxError saying where the text is wrong, or that it is not whole.
 */
export function parseNodes(text: string): Discovered {
  const isJson = /^\s*[[{]/.test(text);
  const found = isJson ? fromJson(JSON.parse(text)) : { nodes: fromLines(text) };
  if (found.nodes.length === 0) throw new SyntaxError('it lists no nodes');
  return found;
}

function fromJson(value: unknown): Discovered {
  if (Array.isArray(value)) return { nodes: value.map(fromEntry) };
  const { nodes, version, ...others } = value as { nodes?: unknown; version?: unknown };
  refuseOthers('it', others, 'nodes and version');
  if (!Array.isArray(nodes)) throw new SyntaxError('it has no list "nodes"');
  if (version !== undefined && !Number.isSafeInteger(version))
    throw new SyntaxError('its "version" is not a whole number');
  return { nodes: nodes.map(fromEntry), ...(version === undefined ? {} : { version: version as number }) };
}

function fromEntry(entry: unknown, index: number): Node {
  if (typeof entry === 'string') return fromLine(entry, `node ${index + 1}`);
  const { id, host, port, weight, ...others } = (entry ?? {}) as Partial<Node>;
  if (typeof host !== 'string' || typeof port !== 'number')
    throw new SyntaxError(`node ${index + 1} has no host and port`);
  refuseOthers(`node ${index + 1}`, others, 'id, host, port and weight');
  return withoutGaps({ id: id ?? addressOf({ host, port }), host, port, weight });
}

function refuseOthers(where: string, others: object, known: string): void {
  const [other] = Object.keys(others);
  if (other !== undefined) throw new SyntaxError(`${where} has ${JSON.stringify(other)}, where only ${known} can be`);
}

/** The last line must have its end: `10.0.0.1:112` may be the half of `10.0.0.1:11211`. */
function fromLines(text: string): Node[] {
  if (text !== '' && !text.endsWith('\n'))
    throw new SyntaxError('its last line has no end, as if it were still being written');
  return text.split('\n').flatMap((line, i) => {
    const content = line.replace(/(^|\s)#.*/, '').trim();
    return content === '' ? [] : [fromLine(content, `line ${i + 1}`)];
  });
}

function fromLine(content: string, where: string): Node {
  const [address, ...properties] = content.split(/\s+/);
  const place = parseAddress(address!);
  if (place === undefined) throw new SyntaxError(`${where} is not host:port: ${JSON.stringify(content)}`);
  const named = new Map<string, string>();
  for (const property of properties) {
    const [, name, value] = /^(id|weight)=(.+)$/.exec(property) ?? [];
    if (name === undefined)
      throw new SyntaxError(
        `${where} has ${JSON.stringify(property.split('=', 1)[0])}, where only id=… and weight=… can be`,
      );
    if (named.has(name)) throw new SyntaxError(`${where} has ${name}= twice`);
    named.set(name, value!);
  }
  const weight = named.get('weight');
  return withoutGaps({
    id: named.get('id') ?? addressOf(place),
    ...place,
    weight: weight === undefined ? undefined : Number(weight),
  });
}

function withoutGaps({ weight, ...node }: Omit<Node, 'weight'> & { weight: number | undefined }): Node {
  return { ...node, ...(weight === undefined ? {} : { weight }) };
}
