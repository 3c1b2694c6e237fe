import { checkAnalysis } from './analysis-check.js';

const text = (parameters: object) => ({ title: { type: 'text', ...parameters } }) as never;

describe('analyzers and normalizers', () => {
  it.each(
    'standard simple whitespace stop keyword pattern fingerprint arabic armenian basque bengali brazilian bulgarian catalan cjk czech danish dutch english estonian finnish french galician german greek hindi hungarian indonesian irish italian latvian lithuanian norwegian persian portuguese romanian russian sorani spanish swedish thai turkish'.split(
      ' ',
    ),
  )('the analyzer %s is built in', (analyzer) => {
    expect(checkAnalysis(text({ analyzer }), {}, 'Book')).toEqual([]);
  });

  it('the normalizer lowercase is built in, and no analyzer is a normalizer', () => {
    expect(checkAnalysis(text({ normalizer: 'lowercase' }), {}, 'Book')).toEqual([]);
    expect(checkAnalysis(text({ normalizer: 'english' }), {}, 'Book')).toHaveLength(1);
    expect(checkAnalysis(text({ analyzer: 'lowercase' }), {}, 'Book')).toHaveLength(1);
  });

  it.each(['analyzer', 'search_analyzer', 'search_quote_analyzer'])('%s has to be defined', (parameter) => {
    expect(checkAnalysis(text({ [parameter]: 'mine' }), {}, 'Book')).toEqual([
      {
        where: 'Book.title',
        problem: "names the analyzer 'mine', which is neither built in nor defined",
        remedy: 'Define it in @Indexed({ settings: { analysis: { analyzer: { mine: … } } } })',
      },
    ]);
    const settings = { analysis: { analyzer: { mine: {} } } };
    expect(checkAnalysis(text({ [parameter]: 'mine' }), settings, 'Book')).toEqual([]);
  });

  it('the remedy lists what is defined of its kind', () => {
    const settings = { analysis: { analyzer: { a: {}, b: {} }, normalizer: { n: {} } } };
    const remedies = (parameters: object) =>
      checkAnalysis(text(parameters), settings, 'Book').map(({ remedy }) => remedy);
    expect(remedies({ analyzer: 'c' })[0]).toBe(
      'Define it in @Indexed({ settings: { analysis: { analyzer: { c: … } } } }), or use one of: a, b',
    );
    expect(remedies({ normalizer: 'c' })[0]).toBe(
      'Define it in @Indexed({ settings: { analysis: { normalizer: { c: … } } } }), or use one of: n',
    );
  });

  it('the remedy names the plug-in that brings it; with that it is there', () => {
    const named = text({ analyzer: 'icu_analyzer' });
    expect(checkAnalysis(named, {}, 'Book')[0]!.remedy).toBe(
      "Name the plug-in that brings it: @Indexed({ settings: { analysis: { plugins: ['analysis-icu'] } } })",
    );
    expect(checkAnalysis(named, { analysis: { plugins: ['analysis-icu'] } }, 'Book')).toEqual([]);
  });

  it('are looked for in sub-fields and objects', () => {
    const inner = { type: 'text', analyzer: 'x' };
    const properties = {
      title: { type: 'text', fields: { raw: inner } },
      shop: { type: 'object', properties: { name: inner } },
    };
    expect(checkAnalysis(properties as never, {}, 'Book').map(({ where }) => where)).toEqual([
      'Book.title.raw',
      'Book.shop.name',
    ]);
  });
});
