import { carries, QUERY_CALLS, QUERY_PARTS } from '../../src/query/call-parts.js';

/** The table of parts and calls, as the docs show it. */
export function callTable(): string {
  const rows = QUERY_PARTS.map((part) => [
    `\`${part}\``,
    ...QUERY_CALLS.map((call) => (carries(call, part) ? 'yes' : '–')),
  ]);
  const lines = [['', ...QUERY_CALLS.map((call) => `\`${call}\``)], ['---', ...QUERY_CALLS.map(() => '---')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
