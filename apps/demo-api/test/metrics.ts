/** One value of Prometheus' text format, 0 where it was never counted. */
export function sample(metrics: string, name: string, labels: string): number {
  const line = metrics.split('\n').find((each) => each.startsWith(`${name}{${labels}}`));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
}
