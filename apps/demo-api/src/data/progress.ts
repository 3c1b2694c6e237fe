/** Where progress is drawn: `process.stdout`, or anything that accepts text. */
export type Output = Readonly<{ write(text: string): unknown; isTTY?: boolean }>;

const BAR_WIDTH = 30;

/** Shows how far a job of a known size is: a bar on a terminal, elsewhere one line for each tenth. */
export class Progress {
  #done = 0;
  #shownPercent = 0;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly output: Output,
  ) {}

  advance(by = 1): void {
    this.#done = Math.min(this.#done + by, this.total);
    const percent = Math.floor((this.#done / this.total) * 100);
    if (percent < this.#shownPercent + (this.output.isTTY === true ? 1 : 10)) return;
    this.#shownPercent = this.output.isTTY === true ? percent : percent - (percent % 10);
    this.output.write(
      this.output.isTTY === true ? this.#bar(percent) : `${this.label}: ${percent}% (${this.#counts()})\n`,
    );
  }

  #bar(percent: number): string {
    const filled = Math.floor((percent * BAR_WIDTH) / 100);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    return `\r${this.label} ${bar} ${percent}% (${this.#counts()})${percent === 100 ? '\n' : ''}`;
  }

  #counts(): string {
    return `${this.#done.toLocaleString('en')} of ${this.total.toLocaleString('en')}`;
  }
}
