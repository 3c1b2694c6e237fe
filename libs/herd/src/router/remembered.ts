const places = 2 ** 18;

/** `ownerOf`, a pure function of 32 bits, with its latest results kept: one for each of 2^18 places, in 2 MiB. */
export function remembered(ownerOf: (hash: number) => number): (hash: number) => number {
  let hashes: Uint32Array | undefined;
  // One more than the owner, so that 0 is a place that is free.
  let owners: Uint32Array;
  return (hash) => {
    if (!hashes) {
      hashes = new Uint32Array(places);
      owners = new Uint32Array(places);
    }
    // FNV-1a mixes its upper bits less well than its lower ones.
    const place = hash % places;
    const known = owners![place]!;
    if (known > 0 && hashes[place] === hash) return known - 1;
    const owner = ownerOf(hash);
    hashes[place] = hash;
    owners![place] = owner + 1;
    return owner;
  };
}
