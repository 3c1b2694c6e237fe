import type { StorageFaultError } from '../src/errors/storage-fault.js';

/** The fault with which a storage refused, or `none`. */
export const faultOf = async (work: PromiseLike<unknown>): Promise<string> => {
  try {
    await work;
    return 'none';
  } catch (error) {
    return (error as StorageFaultError).fault;
  }
};

/** A signal needs its time: what is sent before it arrives is still answered. */
export const firstFault = async (send: () => PromiseLike<unknown>): Promise<string> => {
  const deadline = Date.now() + 5000;
  for (;;) {
    const fault = await faultOf(send());
    if (fault !== 'none' || Date.now() > deadline) return fault;
  }
};
