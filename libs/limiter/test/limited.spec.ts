import { Injectable, Scope, SetMetadata, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  CallLimitedError,
  CallNotReadyError,
  Limited,
  Limiter,
  LimiterModule,
  LimiterOptionError,
  memoryStorage,
  type Decision,
} from '@rookery/limiter';

interface Sent {
  readonly sent: boolean;
  readonly to: string;
}

const calls: string[] = [];
beforeEach(() => (calls.length = 0));

@Injectable()
class MailService {
  readonly prefix = 'mail to';

  @Limited('mail', {
    key: (to: string) => to,
    onLimited: ({ retryAfterMs }: Decision, to: string) => ({ sent: false, to: `${to} in ${retryAfterMs}` }),
  })
  async send(to: string): Promise<Sent> {
    calls.push(`${this.prefix} ${to}`);
    return Promise.resolve({ sent: true, to });
  }

  @Limited('mail') async broadcast(): Promise<string> {
    calls.push('broadcast');
    return Promise.resolve('ok');
  }

  @Limited('login', { key: async (name: string) => Promise.resolve(name) })
  async login(name: string, password: string): Promise<string> {
    if (password !== 'right') throw new Error('wrong password');
    return Promise.resolve(name);
  }

  @Limited('mail', { cost: (rows: readonly unknown[]) => rows.length })
  async batch(rows: readonly unknown[]): Promise<number> {
    return Promise.resolve(rows.length);
  }

  @Limited('mail', { key: () => 'both' })
  @Limited('hour', { key: () => 'both', limiter: 'other' })
  async both(): Promise<string> {
    return Promise.resolve('ok');
  }

  async again(to: string): Promise<Sent[]> {
    return [await this.send(to), await this.send(to), await this.send(to)];
  }
}

/** As `@Process()` of Bull and `@Cron()` record what they need on the method. */
@Injectable()
class Jobs {
  @SetMetadata('schedule', 'daily') @Limited('mail') async below(): Promise<void> {
    calls.push('below');
    return Promise.resolve();
  }
  @Limited('mail') @SetMetadata('schedule', 'hourly') async above(): Promise<void> {
    calls.push('above');
    return Promise.resolve();
  }
}

@Injectable()
class DerivedMail extends MailService {
  override async send(to: string): Promise<Sent> {
    calls.push('derived');
    return super.send(to);
  }
  @Limited('tiny', { key: () => 'all' }) override async broadcast(): Promise<string> {
    return super.broadcast();
  }
}

async function start(...providers: Type[]): Promise<TestingModule> {
  const policies = {
    mail: { limit: 2, per: '1h' },
    tiny: { limit: 1, per: '1h' },
    login: { limit: 2, per: '1h', count: 'failures' },
  } as const;
  const storage = memoryStorage({ clock: () => 0 });
  const module = await Test.createTestingModule({
    imports: [
      LimiterModule.forRoot({ storage, policies }),
      LimiterModule.forRoot({
        name: 'other',
        storage: memoryStorage({ clock: () => 0 }),
        policies: { hour: { limit: 1, per: '1h' } },
      }),
    ],
    providers,
  }).compile();
  module.useLogger(false);
  await module.init();
  return module;
}

describe('@Limited', () => {
  let module: TestingModule;
  let mail: MailService;
  beforeEach(async () => {
    module = await start(MailService, DerivedMail, Jobs);
    mail = module.get(MailService);
  });
  afterEach(() => module.close());

  it('counts the calls of a method by its key, and answers a refused one by onLimited', async () => {
    expect(await mail.send('ann')).toEqual({ sent: true, to: 'ann' });
    expect(await mail.send('ann')).toEqual({ sent: true, to: 'ann' });
    expect(await mail.send('ann')).toEqual({ sent: false, to: 'ann in 1800000' });
    expect(await mail.send('bob')).toEqual({ sent: true, to: 'bob' });
    expect(calls).toEqual(['mail to ann', 'mail to ann', 'mail to bob']);
    expect((await module.get(Limiter).peek('mail', 'ann')).remaining).toBe(0);
  });

  it('counts all calls together without a key, and throws without onLimited', async () => {
    await mail.broadcast();
    await mail.broadcast();
    const refused = mail.broadcast();
    await expect(refused).rejects.toThrow(CallLimitedError);
    await expect(refused).rejects.toMatchObject({ code: 'LIMITER_CALL_LIMITED', decision: { policy: 'mail' } });
    await expect(refused).rejects.toThrow("MailService.broadcast is limited by policy 'mail': retry in 1800000 ms");
  });

  it('admits exactly the limit of many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => mail.send('ann')));
    expect(answers.filter(({ sent }) => sent)).toHaveLength(2);
  });

  it('counts failures alone', async () => {
    for (let call = 0; call < 5; call++) expect(await mail.login('ann', 'right')).toBe('ann');
    for (let call = 0; call < 2; call++) await expect(mail.login('ann', 'wrong')).rejects.toThrow('wrong password');
    await expect(mail.login('ann', 'right')).rejects.toThrow(CallLimitedError);
  });

  it('charges what a call costs, and nothing for an empty one', async () => {
    expect(await mail.batch([])).toBe(0);
    expect(await mail.batch([1, 2])).toBe(2);
    await expect(mail.batch([1])).rejects.toThrow(CallLimitedError);
    expect(await mail.batch([])).toBe(0);
    await expect(mail.batch([1, 2, 3])).rejects.toThrow(/cost must be a whole number from 1 to 2/);
  });

  it('holds several, also of several limiters', async () => {
    expect(await mail.both()).toBe('ok');
    await expect(mail.both()).rejects.toThrow("limited by policy 'hour'");
  });

  it('counts calls of the method by the class itself', async () => {
    expect((await mail.again('ann')).map(({ sent }) => sent)).toEqual([true, true, false]);
  });

  it('keeps what other decorators recorded on the method, above and below', async () => {
    const jobs = module.get(Jobs);
    // eslint-disable-next-line @typescript-eslint/unbound-method -- looked at, not called
    expect([Reflect.getMetadata('schedule', jobs.below), Reflect.getMetadata('schedule', jobs.above)]).toEqual([
      'daily',
      'hourly',
    ]);
    // A scheduler binds the method that it found on the prototype.

    for (let call = 0; call < 2; call++) await Jobs.prototype.above.call(jobs);
    await expect(jobs.above()).rejects.toThrow(CallLimitedError);
    expect(calls).toEqual(['above', 'above']);
  });

  it('is inherited by a method that overrides it, and counts a call by super once', async () => {
    const derived = module.get(DerivedMail);
    expect((await derived.send('ann')).sent).toBe(true);
    expect((await derived.send('ann')).sent).toBe(true);
    expect((await derived.send('ann')).sent).toBe(false);
    expect(calls).toEqual(['derived', 'mail to ann', 'derived', 'mail to ann']);
    expect(await derived.broadcast()).toBe('ok');
    await expect(derived.broadcast()).rejects.toThrow("limited by policy 'tiny'");
    expect((await module.get(Limiter).peek('mail', 'DerivedMail.broadcast')).remaining).toBe(1);
  });

  it('never runs unlimited where no module has started for it', async () => {
    await expect(new MailService().send('ann')).rejects.toThrow(CallNotReadyError);
    expect(calls).toEqual([]);
  });
});

describe('@Limited at start', () => {
  const decorated = (policy: string, options: object, scope = Scope.DEFAULT): Type => {
    @Injectable({ scope })
    class Wrong {
      @Limited(policy, options as never) async run(): Promise<void> {
        return Promise.resolve();
      }
    }
    return Wrong;
  };

  it.each([
    [decorated('mial', {}), "@Limited('mial') of Wrong.run must be a policy of the module"],
    [decorated('mail', { kye: () => 'a' }), "@Limited('mail') of Wrong.run: kye is not an option; did you mean"],
    [decorated('mail', { key: 'a' }), "@Limited('mail') of Wrong.run: key must be a function (got 'a')"],
    [
      decorated('mail', { cost: 0 }),
      'cost must be a whole number of 1 or more, or a function that returns one (got 0)',
    ],
    [decorated('mail', { cost: 3 }), 'cost must be at most 2, the burst: a higher one could never pass (got 3)'],
    [
      decorated('mail', { limiter: 'none' }),
      "limiter must be the name of a LimiterModule (default, other) (got 'none')",
    ],
    [decorated('mail', {}, Scope.REQUEST), 'must be a singleton: a provider of a request'],
    [decorated('mail', {}, Scope.TRANSIENT), 'must be a singleton: a provider of a request'],
  ])('refuses %p', async (provider, message) => {
    await expect(start(provider)).rejects.toThrow(LimiterOptionError);
    await expect(start(provider)).rejects.toThrow(message);
  });
});
