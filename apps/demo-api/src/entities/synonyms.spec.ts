import { synonymsOf } from './synonyms.js';

describe('synonyms', () => {
  it.each([undefined, '', ' ; '])('change nothing where there are none (%j)', (text) => {
    expect(synonymsOf(text)).toEqual({ settings: {}, text: {} });
  });

  it('are rules of the analyzer of what is searched for', () => {
    const { settings, text } = synonymsOf('corsair, pirate; railroad, railway');
    expect(settings).toMatchObject({
      analysis: {
        filter: { synonyms: { synonyms: ['corsair, pirate', 'railroad, railway'] } },
        analyzer: { english_synonyms: {} },
      },
    });
    expect(text).toEqual({ searchAnalyzer: 'english_synonyms' });
  });
});
