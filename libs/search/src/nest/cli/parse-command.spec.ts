import { SearchOptionError } from '../../errors/option-error.js';
import { parseCommand } from './parse-command.js';
import { helpText } from './help.js';
import type { Command } from './command.js';

const act = (): Promise<void> => Promise.resolve();
const commands: Record<string, Command> = {
  plan: { description: 'Show', index: 'optional', options: ['json', 'check'], act },
  migrate: { description: 'Bring', index: 'optional', options: ['json', 'dryRun', 'maxRate'], act },
  status: { description: 'Look', index: 'optional', options: ['maxLag'], act },
  finish: { description: 'End', index: 'required', options: ['yes'], act },
  relay: { description: 'Relay', index: 'none', options: [], act },
  verify: { description: 'Compare', index: 'optional', options: ['where'], act },
  swap: { description: 'Swap', index: 'optional', options: ['verify'], act },
  'dead-letters': { description: 'List', index: 'none', options: ['check'], act },
};
const parsed = (line: string) => parseCommand(line.split(' ').filter(Boolean), commands);

function refusalOf(line: string): string {
  try {
    parsed(line);
  } catch (error) {
    expect(error).toBeInstanceOf(SearchOptionError);
    return (error as Error).message;
  }
  throw new Error(`${line} was accepted`);
}

describe('a command line', () => {
  it.each([
    ['plan', { name: 'plan', index: undefined, options: {} }],
    ['plan books --check --json', { name: 'plan', index: 'books', options: { check: true, json: true } }],
    ['migrate --max-rate 2000 books', { name: 'migrate', index: 'books', options: { maxRate: 2000 } }],
    [
      'migrate --dry-run --max-rate=0.5',
      { name: 'migrate', index: undefined, options: { dryRun: true, maxRate: 0.5 } },
    ],
    ['status --max-lag 0', { name: 'status', index: undefined, options: { maxLag: 0 } }],
    ['finish books --yes', { name: 'finish', index: 'books', options: { yes: true } }],
    ['verify books --where {"tenant":7}', { name: 'verify', index: 'books', options: { where: { tenant: 7 } } }],
    ['swap --verify sample:1000', { name: 'swap', index: undefined, options: { verify: 'sample:1000' } }],
    ['parked --check', { name: 'dead-letters', index: undefined, options: { check: true } }],
  ])('%s', (line, run) => expect(parsed(line)).toEqual({ kind: 'run', ...run }));

  it.each(['', '--help', '-h', 'help', 'plan --help', 'help plan'])('%p asks for help', (line) => {
    expect(parsed(line).kind).toBe('help');
  });

  it.each([
    ['plna', 'the command is unknown; did you mean plan? (got'],
    ['everything', 'the command must be one of plan, migrate, status, finish, relay, verify, swap, dead-letters (got'],
    ['constructor', 'the command must be one of'],
    ['plan --chekc', '--chekc is not an option of this command; did you mean --check?'],
    ['plan --max-rate 5', '--max-rate is not an option of this command; the options are --json, --check (got'],
    ['relay --json', '--json is not an option of this command; it has none'],
    ['plan books films', 'plan accepts one index: name no more (got'],
    ['relay books', 'relay accepts no index (got'],
    ['finish', 'finish needs the name of an index (got undefined)'],
    ['migrate --max-rate', '--max-rate needs a value (got undefined)'],
    ['migrate --max-rate=', '--max-rate must be a number above 0 (got'],
    ['migrate --max-rate fast', '--max-rate must be a number above 0 (got'],
    ['status --max-lag -1', '--max-lag must be a number of milliseconds, 0 or more (got'],
    ['verify books --where', '--where needs a value (got undefined)'],
    ['verify books --where tenant=7', '--where must be JSON: conditions on rows'],
    ['verify books --where {}', '--where must be JSON: conditions on rows'],
    ['verify books --where [1]', '--where must be JSON: conditions on rows'],
    ['verify --where {"tenant":7}', 'verify --where needs the name of an index'],
    ['swap --verify all', "--verify must be 'ids', 'contents' or 'sample:1000'"],
    ['swap --verify sample:0', "--verify must be 'ids', 'contents' or 'sample:1000'"],
    ['plan --json=no', '--json accepts no value (got'],
    ['plan --no-json', '--no-json is not an option of this command'],
  ])('%s is refused', (line, message) => expect(refusalOf(line)).toContain(message));

  it('is refused with all that is wrong', () => {
    const refusal = refusalOf('migrate books films --max-rate 0 --wrong');
    for (const part of ['accepts one index', '--max-rate must be', '--wrong is not an option'])
      expect(refusal).toContain(part);
  });
});

describe('the help', () => {
  it('lists commands with what they take', () => {
    const help = helpText(commands);
    for (const part of ['plan [index]', 'finish <index>', 'relay  ', '--max-rate <documents>'])
      expect(help).toContain(part);
  });

  it('lists one command where it is named, all where it is unknown', () => {
    expect(helpText(commands, 'relay')).not.toContain('plan');
    expect(helpText(commands, 'nothing')).toContain('plan');
  });
});
