import { broughtByPlugin, checkPlugins, pluginOf, pluginsIn, withoutPlugins } from './analysis-plugins.js';

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
    ['icu_analyzer', 'analysis-icu'],
    ['kuromoji', 'analysis-kuromoji'],
    ['nori', 'analysis-nori'],
    ['smartcn', 'analysis-smartcn'],
    ['polish', 'analysis-stempel'],
    ['ukrainian', 'analysis-ukrainian'],
    ['english', undefined],
  ])('%s is brought by %p', (analyzer, plugin) => {
    expect(pluginOf(analyzer)).toBe(plugin);
  });

  it.each([undefined, {}, { analysis: {} }, { analysis: { plugins: false } }, icu, { analysis: { plugins: [] } }])(
    'are right as %j',
    (settings) => {
      expect(checkPlugins(settings, 'Book')).toEqual([]);
    },
  );

  it.each([
    [icu, 'icu_analyzer', true],
    [{ analysis: { plugins: ['analysis-phonetic'] } }, 'anything', false],
    [{ analysis: { plugins: ['analysis-nori', 'of-another-maker'] } }, 'anything', true],
    [icu, 'kuromoji', false],
    [{ analysis: { plugins: ['of-another-maker'] } }, 'anything', true],
    [{ analysis: { plugins: true } }, 'anything', true],
    [{}, 'icu_analyzer', false],
  ])('%j may bring %s: %p', (settings, name, may) => {
    expect(broughtByPlugin(settings, name)).toBe(may);
  });

  it.each([['analysis-icu'], [[1]], [['']], [['analysis-icu', 1]], [{}]])('%j is no list of names', (plugins) => {
    expect(checkPlugins({ analysis: { plugins } }, 'Book')).toEqual([
      {
        where: 'Book',
        problem: expect.stringMatching(/^has the analysis plug-ins ./) as string,
        remedy: "Name them in a list: settings: { analysis: { plugins: ['analysis-icu'] } }",
      },
    ]);
  });
});
