/** Presidents who are not removed. */
export const PRESENT = { deletedAt: null } as const;

/** Addresses that are shown: the condition of the index, and of whatever reads addresses for a client. */
export const OF_PRESENT_PRESIDENTS = { president: PRESENT } as const;
