/** Runs `work`: what it throws at once becomes a rejection. Costs less than an `async` function, which waits three turns more. */
export function promised<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return work();
  } catch (error) {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown is passed on as it is
    return Promise.reject(error);
  }
}
