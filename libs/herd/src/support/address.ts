/** @returns the parts of `host:port` or `[IPv6]:port`, or `undefined` for any other text. */
export function parseAddress(address: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/[\]]+)):(\d{1,5})$/.exec(address) ?? [];
  return port === undefined ? undefined : { host: bracketed ?? plain!, port: Number(port) };
}
