import { ConfigError, readConfig } from './read-config.js';

const servers = {
  POSTGRES_URL: 'postgresql://u:secret@127.0.0.1:5432/sotu',
  OPENSEARCH_URL: 'http://127.0.0.1:9200',
  MEMCACHED_SERVERS: '127.0.0.1:11211, [::1]:11212',
};

function complaints(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('needs only the addresses of the servers', () => {
    expect(readConfig({ ...servers, DEMO_SYNONYMS: 'corsair, pirate; railroad, railway' })).toBeDefined();
    expect(readConfig(servers)).toMatchObject({
      memcachedServers: ['127.0.0.1:11211', '[::1]:11212'],
      host: '127.0.0.1',
      port: undefined,
      addresses: 233,
      limits: { search: { limit: 120, per: '1m' } },
    });
  });

  it('names all that is missing at once', () => {
    expect(complaints({}).map((complaint) => complaint.split(' ')[0])).toEqual([
      'POSTGRES_URL',
      'OPENSEARCH_URL',
      'MEMCACHED_SERVERS',
    ]);
  });

  it.each([
    ['POSTGRES_URL', 'mysql://u@h/db'],
    ['OPENSEARCH_URL', '127.0.0.1:9200'],
    ['MEMCACHED_SERVERS', '127.0.0.1'],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['DEMO_ADDRESSES', '0'],
    ['DEMO_PREFIX', 'Demo_*'],
    ['CACHE_SECONDS', '0'],
    ['CACHE_MEMORY_SECONDS', '-1'],
    ['REDIS_URL', '127.0.0.1:6379'],
    ['SEARCH_LIMIT', '0/1m'],
    ['SEARCH_LIMIT', '10 per minute'],
    ['EXPORT_LIMIT', '231/1h'],
    ['LIMITER_STORAGE', 'disk'],
    ['EDITOR_PASSWORD', ''],
    ['HOST', ''],
    ['MEMCACHED_SERVERS', '127.0.0.1:99999'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['CORS_ORIGINS', 'example.org'],
    ['TRACING', 'yes'],
    ['EDITS', ''],
    ['SEARCHES_AT_ONCE', '1001'],
    ['DEMO_ENV_FILE', ''],
    ['DEMO_SYNONYMS', 'corsair'],
    ['DEMO_SYNONYMS', 'corsair, pirate;'],
    ['SLOW_QUERY_MS', '0'],
  ])('refuses %s=%s with the value and the rule', (name, value) => {
    const [complaint, ...others] = complaints({ ...servers, [name]: value });
    expect(others).toEqual([]);
    expect(complaint).toMatch(new RegExp(`^${name} must be `));
    expect(complaint).toContain(JSON.stringify(value));
  });

  it('needs the address of Redis only to keep limits there', () => {
    expect(readConfig(servers).redisUrl).toBeUndefined();
    expect(readConfig({ ...servers, REDIS_URL: 'rediss://127.0.0.1:1' })).toMatchObject({
      limiterStorage: 'memory',
      redisUrl: 'rediss://127.0.0.1:1',
    });
    expect(complaints({ ...servers, LIMITER_STORAGE: 'redis' })).toEqual([
      expect.stringMatching(/^REDIS_URL is not set: /),
    ]);
    expect(readConfig({ ...servers, LIMITER_STORAGE: 'redis', REDIS_URL: 'redis://127.0.0.1:1' })).toMatchObject({
      limiterStorage: 'redis',
      redisUrl: 'redis://127.0.0.1:1',
    });
  });

  it('refuses names that could only be its own and are not, with the others, and ignores those of everybody else', () => {
    expect(complaints({ ...servers, DEMO_ADRESSES: '20', PORT: 'x', HOME: '/', TERM: '' })).toEqual([
      'PORT must be a whole number from 0 to 65535 (got "x")',
      'DEMO_ADRESSES is no variable of the demo, whose own are DEMO_ADDRESSES, DEMO_ENV_FILE, DEMO_FAULTS, DEMO_PREFIX, DEMO_SYNONYMS, DEMO_URL',
    ]);
    expect(() => readConfig({ DEMO_PREFX: 'a' })).toThrow(/^The demo cannot start:\n {2}- POSTGRES_URL[^]*DEMO_PREFX/);
  });

  it('opens edits where faults are made, unless it is set otherwise', () => {
    expect(readConfig(servers).edits).toBe('login');
    expect(readConfig({ ...servers, DEMO_FAULTS: 'on' }).edits).toBe('open');
    expect(readConfig({ ...servers, DEMO_FAULTS: 'on', EDITS: 'login' }).edits).toBe('login');
  });

  it('does not print a password', () => {
    expect(complaints({ ...servers, POSTGRES_URL: 'mysql://u:secret@h/db' })[0]).not.toContain('secret');
    expect(complaints({ ...servers, EDITOR_PASSWORD: 'secret'.repeat(50) })[0]).not.toContain('secret');
  });
});
