import type { SrvRecord } from 'node:dns';

/** An SRV target that is to be used, before its address is known. `weight` is absent where all are alike. */
export type Target = Readonly<{ name: string; port: number; weight?: number }>;

/**
 * The targets of the lowest priority, each once, by name (RFC 2782). A weight of 0 among others counts as 1, the least that
 * still gets keys. Equal weights are left out, as servers such as CoreDNS change them with the number of targets.
 */
export function targetsOf(records: readonly SrvRecord[]): readonly Target[] {
  const lowest = Math.min(...records.map(({ priority }) => priority));
  const byName = new Map<string, SrvRecord>();
  for (const record of records) {
    // The target "." means that the service is not offered here.
    if (record.priority === lowest && record.name !== '' && record.name !== '.') byName.set(idOf(record), record);
  }
  const chosen = [...byName.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const alike = chosen.every(({ weight }) => weight === chosen[0]!.weight);
  return chosen.map((record) => ({
    name: nameOf(record),
    port: record.port,
    ...(alike ? {} : { weight: Math.max(1, record.weight) }),
  }));
}

const nameOf = ({ name }: SrvRecord): string => name.toLowerCase().replace(/\.$/, '');
const idOf = (record: SrvRecord): string => `${nameOf(record)}:${record.port}`;
