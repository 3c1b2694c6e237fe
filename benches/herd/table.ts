/** Prints a Markdown table; numbers stand on the right. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const align = head.map((_, i) => (typeof rows[0]?.[i] === 'number' ? '---:' : '---'));
  for (const row of [head, align, ...rows]) console.log(`| ${row.join(' | ')} |`);
}
