import type { Socket } from 'node:net';

/** What is written in one turn of the event loop leaves in one write: a system call for each command would cost more than all the rest. */
export function writeTogether(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(() => socket.uncork());
}
