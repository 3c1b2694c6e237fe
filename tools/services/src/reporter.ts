const QUIET_MS = 5000;

/** Lines for a person, on standard error: standard output belongs to what is run. */
export function reportLine(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A reporter that lets through the first of a burst of changing numbers, then one line per {@link QUIET_MS} at most. */
export function progressReporter(now: () => number = () => performance.now()): (topic: string, line: string) => void {
  const last = new Map<string, { at: number; kind: string }>();
  return (topic, line) => {
    const kind = line.replaceAll(/\d+/g, '#');
    const previous = last.get(topic);
    if (previous?.kind === kind && now() - previous.at < QUIET_MS) return;
    last.set(topic, { at: now(), kind });
    reportLine(line);
  };
}
