import type { ServerResponse } from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import { Logger, StreamableFile } from '@nestjs/common';

/**
 * Answers with lines of JSON, made as fast as the client reads them; a client that goes away, or needs longer than
 * `timeoutMs`, ends their making. Waits for the first line, so that what cannot begin is answered as a problem.
 */
export async function ndjson(lines: AsyncGenerator<string>, timeoutMs: number): Promise<StreamableFile> {
  const inTime = AbortSignal.timeout(timeoutMs);
  const first = await lines.next();
  const stream = addAbortSignal(inTime, Readable.from(resumed(first, lines)));
  return new StreamableFile(stream, { type: 'application/x-ndjson' }).setErrorHandler((error, response) => {
    new Logger('Export').error(error.stack ?? error.message);
    // The connection breaks: an orderly end would make a part look like the whole.
    (response as unknown as ServerResponse).destroy();
  });
}

async function* resumed(first: IteratorResult<string>, lines: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield first.value;
    yield* lines;
  } finally {
    await lines.return(undefined);
  }
}
