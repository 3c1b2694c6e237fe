/** The part of npm `dns-packet` that the tests use; it has no types of its own. */
declare module 'dns-packet' {
  export type Question = Readonly<{ name: string; type: string; class?: string }>;
  export type Answer =
    | Readonly<{ type: 'A' | 'AAAA' | 'CNAME'; name: string; ttl?: number; data: string }>
    | Readonly<{
        type: 'SRV';
        name: string;
        ttl?: number;
        data: Readonly<{ target: string; port: number; priority: number; weight: number }>;
      }>;
  export type Packet = Readonly<{
    type: 'query' | 'response';
    id?: number;
    flags?: number;
    questions?: readonly Question[];
    answers?: readonly Answer[];
  }>;
  export const RECURSION_DESIRED: number;
  export const RECURSION_AVAILABLE: number;
  export const TRUNCATED_RESPONSE: number;
  export function encode(packet: Packet): Buffer;
  export function decode(bytes: Buffer): Packet;
}
