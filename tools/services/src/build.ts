import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { guard } from './guard.js';
import { ServiceError } from './service-error.js';

/** Runs the project's own build, silently unless it fails. */
export async function build(project: string): Promise<void> {
  const child = spawn('npm', ['run', '--silent', 'build'], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) child.once('exit', guard({ pid: child.pid }));
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new ServiceError(`npm run build failed:\n${output}${errors}`);
}
