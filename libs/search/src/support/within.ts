/** @returns false when `timeoutMs` passes first. */
export async function within(done: Promise<true>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, timeoutMs, false)));
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
