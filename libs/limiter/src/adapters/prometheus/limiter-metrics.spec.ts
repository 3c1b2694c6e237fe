import { channel } from 'node:diagnostics_channel';
import { Registry } from 'prom-client';
import { limiterChannels } from '../../contracts/diagnostics.js';
import { collectLimiterMetrics } from './limiter-metrics.js';

const decision = { policy: 'api', allowed: true, source: 'storage' };

describe('the metrics of limiters', () => {
  it('count decisions and tokens by outcome, and errors, until they are stopped', async () => {
    const register = new Registry();
    const stop = collectLimiterMetrics({ register });
    const decided = channel(limiterChannels.decision);
    decided.publish({ storage: 'redis', cost: 3, decision });
    decided.publish({ storage: 'redis', cost: 1, decision: { ...decision, allowed: false, source: 'local' } });
    decided.publish({ storage: 'redis', cost: 1, decision: { ...decision, shadow: 'refused' } });
    decided.publish({ storage: 'redis', cost: -2, decision }); // Tokens given back are none that were requested.
    channel(limiterChannels.storageError).publish({ storage: 'redis', policy: 'api' });
    channel(limiterChannels.contention).publish({ storage: 'memcached', key: 'k', attempts: 3 });
    const text = await register.metrics();
    expect(text).toContain('rookery_limiter_decisions_total{policy="api",outcome="allowed",source="storage"} 2');
    expect(text).toContain('rookery_limiter_decisions_total{policy="api",outcome="refused",source="local"} 1');
    expect(text).toContain('rookery_limiter_decisions_total{policy="api",outcome="shadow-refused",source="storage"} 1');
    expect(text).toContain('rookery_limiter_tokens_total{policy="api",outcome="allowed"} 3');
    expect(text).toContain('rookery_limiter_storage_errors_total{storage="redis",policy="api"} 1');
    expect(text).toContain('rookery_limiter_contentions_total{storage="memcached"} 1');
    stop();
    decided.publish({ storage: 'redis', cost: 3, decision });
    expect(await register.metrics()).toBe('\n');
  });

  it('refuse what they do not know', () => {
    expect(() => collectLimiterMetrics({ registry: 1 } as object)).toThrow(
      'collectLimiterMetrics.registry is not an option; did you mean collectLimiterMetrics.register?',
    );
  });
});
