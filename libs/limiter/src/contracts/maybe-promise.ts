/** What a storage that may answer at once returns: memory does, a server cannot. */
export type MaybePromise<T> = T | PromiseLike<T>;
