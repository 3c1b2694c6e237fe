import { Progress } from './progress.js';

function record(isTTY: boolean) {
  const written: string[] = [];
  return { written, output: { isTTY, write: (text: string) => written.push(text) } };
}

describe('Progress', () => {
  it('prints a line for each tenth where there is no terminal', () => {
    const { written, output } = record(false);
    const progress = new Progress('Passages', 1_000, output);
    for (let i = 0; i < 1_000; i += 1) progress.advance();
    expect(written).toHaveLength(10);
    expect(written[0]).toBe('Passages: 10% (100 of 1,000)\n');
    expect(written[9]).toBe('Passages: 100% (1,000 of 1,000)\n');
  });

  it('draws over one line on a terminal, and ends it once', () => {
    const { written, output } = record(true);
    const progress = new Progress('Passages', 50, output);
    for (let i = 0; i < 50; i += 1) progress.advance();
    expect(written.every((text) => text.startsWith('\rPassages '))).toBe(true);
    expect(written.join('').split('\n')).toHaveLength(2);
    expect(written.at(-1)).toContain('█'.repeat(30));
  });

  it('does not pass its end when more is done than was expected', () => {
    const { written, output } = record(false);
    new Progress('Passages', 10, output).advance(25);
    expect(written).toEqual(['Passages: 100% (10 of 10)\n']);
  });
});
