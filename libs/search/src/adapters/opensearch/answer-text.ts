import { constants } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import { errors } from '@opensearch-project/opensearch';

const unzipped = promisify(unzip);

/** The whole of an answer, as text. Rejects with the errors of the client for one that breaks off, or is larger than any string. */
export function textOf(response: IncomingMessage): Promise<string> {
  const { headers } = response;
  if (Number(headers['content-length'] ?? 0) > constants.MAX_STRING_LENGTH) {
    response.destroy();
    const told = `The content length (${headers['content-length']}) is larger than any string (${constants.MAX_STRING_LENGTH})`;
    return Promise.reject(new errors.RequestAbortedError(told, undefined as never));
  }
  return /gzip|deflate/i.test(headers['content-encoding'] ?? '') ? unzippedText(response) : plainText(response);
}

function plainText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    response.once('end', () => resolve(text));
    onBroken(response, reject);
  });
}

async function unzippedText(response: IncomingMessage): Promise<string> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('end', () => resolve(Buffer.concat(chunks)));
    onBroken(response, reject);
  });
  return (await unzipped(bytes)).toString();
}

function onBroken(response: IncomingMessage, reject: (error: Error) => void): void {
  const broken = (message: string): void => reject(new errors.ConnectionError(message, undefined));
  response.once('aborted', () => broken('Response aborted while reading the body'));
  response.once('error', ({ message }) => broken(message));
}
