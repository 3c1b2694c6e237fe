import type { Logger } from '@nestjs/common';

import type { Topology } from '../contracts/topology.js';

type Line = Readonly<{ level: 'log' | 'warn'; text: string }>;

/** The log lines of the step from one picture of the herd to the next. */
export function changes(before: Topology | undefined, after: Topology): readonly Line[] {
  const states = new Map(before?.nodes.map(({ node, health }) => [node.id, health.state]));
  const lines: Line[] = [];
  for (const { node, health } of after.nodes) {
    const was = states.get(node.id) ?? 'up';
    if (health.state !== 'up' && was !== health.state)
      lines.push({ level: 'warn', text: `Node ${node.id} is ${health.state}: ${health.reason}` });
    if (health.state === 'up' && was !== 'up') lines.push({ level: 'log', text: `Node ${node.id} is up again` });
    if (before && !states.has(node.id)) lines.push({ level: 'log', text: `Node ${node.id} has joined` });
    states.delete(node.id);
  }
  for (const id of states.keys()) lines.push({ level: 'log', text: `Node ${id} has left` });
  if (after.discovery.state === 'rejected' && before?.discovery.state !== 'rejected') {
    lines.push({
      level: 'warn',
      text: `The nodes stay as they are: discovery is not followed, as ${after.discovery.reason}`,
    });
  }
  return lines;
}

export function logChanges(logger: Logger): (topology: Topology) => void {
  let before: Topology | undefined;
  return (topology) => {
    for (const { level, text } of changes(before, topology)) logger[level](text);
    before = topology;
  };
}
