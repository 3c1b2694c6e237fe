/** What is needed of a socket. */
export type TextSocket = {
  write: (...args: never[]) => boolean;
  readonly writable: boolean;
  readonly writableNeedDrain: boolean;
};

/**
 * Lets the texts that are written to `socket` in one turn of the event loop leave as one, in the socket's default encoding:
 * a write for each command would cost more than all the rest. Anything but text is written at once, after what waits.
 */
export function writeTogether(socket: TextSocket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let waiting = '';
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    if (text !== '' && socket.writable) write(text);
  };
  socket.write = (...args: unknown[]): boolean => {
    const [chunk] = args;
    if (typeof chunk !== 'string' || args.length > 1) {
      flush();
      return write(...args);
    }
    if (waiting === '') process.nextTick(flush);
    waiting += chunk;
    return !socket.writableNeedDrain;
  };
}
