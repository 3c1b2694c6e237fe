export interface HedgeOptions {
  /** When a second try begins beside the first, in milliseconds. */
  readonly afterMs: number;
  /** Whether a second one may be made. Asked when the time has come. */
  readonly may: () => boolean;
  /** Whether an error is of a try that got no answer: the other one may still get one. */
  readonly unanswered: (error: unknown) => boolean;
}

type Answer<T> = Readonly<{ value: T }> | Readonly<{ error: unknown }>;

/**
 * Makes a try, and a second one beside it where the first is slow: what hangs is not waited for. The first answer counts,
 * a refusal too, and the other try is ended.
 *
 * @param work one try, which its signal ends
 */
export async function hedged<T>(
  work: (ended: AbortSignal) => Promise<T>,
  { afterMs, may, unanswered }: HedgeOptions,
): Promise<T> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const answered = async (): Promise<Answer<T>> => {
    try {
      return { value: await work(stop.signal) };
    } catch (error) {
      if (unanswered(error)) throw error;
      return { error };
    }
  };
  try {
    const first = answered();
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, afterMs, 'late')));
    const soon = await Promise.race([first, late]);
    const answer = soon !== 'late' ? soon : may() ? await firstOf([first, answered()]) : await first;
    if ('error' in answer) throw answer.error;
    return answer.value;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** @throws what the first of them was rejected with, where all are */
async function firstOf<T>(tries: readonly Promise<T>[]): Promise<T> {
  try {
    return await Promise.any(tries);
  } catch (error) {
    throw (error as AggregateError).errors[0];
  }
}
