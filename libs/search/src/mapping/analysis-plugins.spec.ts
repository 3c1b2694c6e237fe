import { broughtByPlugin, checkPlugins, pluginsIn, withoutPlugins } from './analysis-plugins.js';

describe('analysis plug-ins', () => {
  const icu = { analysis: { plugins: ['analysis-icu'] } };

  it('are taken out of what the engine reads', () => {
    expect(withoutPlugins({ number_of_shards: 1, ...icu })).toEqual({ number_of_shards: 1 });
    expect(withoutPlugins({ analysis: { plugins: ['x'], analyzer: { a: {} } } })).toEqual({
      analysis: { analyzer: { a: {} } },
    });
    expect(withoutPlugins({ analysis: { plugins: true } })).toEqual({ analysis: { plugins: true } });
    expect([pluginsIn(icu), pluginsIn(undefined), pluginsIn({ analysis: {} })]).toEqual([['analysis-icu'], [], []]);
  });

  it.each([
    [icu, 'icu_analyzer', true],
    [icu, 'kuromoji', false],
    [{ analysis: { plugins: ['of-another-maker'] } }, 'anything', true],
    [{ analysis: { plugins: true } }, 'anything', true],
    [{}, 'icu_analyzer', false],
  ])('%j may bring %s: %p', (settings, name, may) => {
    expect(broughtByPlugin(settings, name)).toBe(may);
  });

  it.each([['analysis-icu'], [[1]], [['']], [{}]])('%j is no list of names', (plugins) => {
    expect(checkPlugins({ analysis: { plugins } }, 'Book')).toHaveLength(1);
  });
});
