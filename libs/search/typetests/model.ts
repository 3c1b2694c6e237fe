import type { Collection, Opt, Ref, Rel } from '@mikro-orm/core';

export interface President {
  id: number;
  name: string;
  party: 'Whig' | 'Republican';
  addresses: Collection<Address>;
}

export interface Address {
  id: number;
  year: number;
  heldAt: Date;
  president: Rel<President>;
  editor?: Ref<President> | null;
  place: { city: string; point: { lat: number } };
  passages: Collection<Passage>;
}

export interface Passage {
  id: bigint;
  text: string;
  note?: string | null;
  quoted: Opt<boolean>;
  tags: string[];
  extra: Record<string, unknown>;
  loose: any;
  bytes: Uint8Array;
  address: Rel<Address>;
  shout(): string;
  get decade(): string;
}
