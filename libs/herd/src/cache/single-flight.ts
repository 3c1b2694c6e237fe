/** One run per key at a time: who asks meanwhile gets the same answer. */
export class SingleFlight {
  private readonly flights = new Map<string, { result: Promise<unknown>; called: { off: boolean } }>();

  /** @param work is told whether the flight was called off meanwhile: then what it made must not be kept. */
  run<Result>(key: string, work: (called: Readonly<{ off: boolean }>) => Promise<Result>): Promise<Result> {
    const present = this.flights.get(key);
    if (present) return present.result as Promise<Result>;
    const called = { off: false };
    const flight = { called, result: undefined as unknown as Promise<unknown> };
    const result = work(called).finally(() => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    });
    flight.result = result;
    this.flights.set(key, flight);
    return result;
  }

  /** Who asks from now on gets a run of his own. */
  callOff(key: string): void {
    const flight = this.flights.get(key);
    if (flight) flight.called.off = true;
    this.flights.delete(key);
  }
}
