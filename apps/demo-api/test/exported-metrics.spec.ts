import { exportedMetrics, metricsIn, notExported } from './exported-metrics.js';

const exported = exportedMetrics(`# HELP rookery_lag_seconds From commit to index
# TYPE rookery_lag_seconds histogram
rookery_lag_seconds_bucket{le="0.1",index="a"} 1
rookery_lag_seconds_count{index="a"} 1
# TYPE rookery_backlog gauge
rookery_backlog 0
`);

describe('what an expression names', () => {
  it.each([
    ['max(rookery_backlog) > 0', ''],
    ['histogram_quantile(0.9, sum by (le, index) (rate(rookery_lag_seconds_bucket{index="a"}[5m])))', '{{index}}'],
  ])('is exported: %s', (expression, shown) => expect(notExported(expression, shown, exported)).toEqual([]));

  it.each([
    ['rookery_lag_seconds', '', ['rookery_lag_seconds']],
    ['rookery_backlog{index!="a"}', '', ['rookery_backlog{index}']],
    ['sum by (node) (rookery_backlog) / rookery_gone', '', ['rookery_backlog{node}', 'rookery_gone']],
    ['sum(rookery_lag_seconds_count)', '$labels.index', ['{{index}} of sum(rookery_lag_seconds_count)']],
  ])('is not: %s', (expression, shown, wrong) => expect(notExported(expression, shown, exported)).toEqual(wrong));

  it('has metrics of ours', () =>
    expect(metricsIn('rookery_a / on (x) rookery_b{y="z"} > up')).toEqual(['rookery_a', 'rookery_b']));
});
