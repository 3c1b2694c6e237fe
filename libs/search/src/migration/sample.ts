/** So many of what is offered, each as likely as any other, however many come (reservoir sampling). */
export class Sample<V> {
  private readonly kept: V[] = [];
  private seen = 0;

  /** @param random from 0 up to 1 */
  constructor(
    private readonly size: number,
    private readonly random: () => number,
  ) {}

  offer(value: V): void {
    this.seen += 1;
    if (this.kept.length < this.size) return void this.kept.push(value);
    const place = Math.floor(this.random() * this.seen);
    if (place < this.size) this.kept[place] = value;
  }

  get taken(): readonly V[] {
    return this.kept;
  }
}
