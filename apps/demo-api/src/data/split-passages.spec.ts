import fc from 'fast-check';
import { countWords, splitPassages } from './split-passages.js';

const sentence = fc
  .array(fc.stringMatching(/^[A-Z][a-z]{0,8}$/), { minLength: 1, maxLength: 60 })
  .chain((words) => fc.constantFrom('.', '!', '?').map((end) => words.join(' ') + end));
const speech = fc.array(sentence, { minLength: 1, maxLength: 40 }).map((sentences) => sentences.join(' '));

describe('splitPassages', () => {
  it('loses nothing: joined passages are the text', () => {
    fc.assert(fc.property(speech, (text) => splitPassages(text).join(' ') === text));
  });

  it('cuts only at sentence ends, after 120 words or more and no later than the sentence that reaches 120', () => {
    fc.assert(
      fc.property(speech, (text) =>
        splitPassages(text)
          .slice(0, -1)
          .every((passage) => {
            const untilLastSentence = passage
              .split(/(?<=[.!?]) /)
              .slice(0, -1)
              .join(' ');
            return /[.!?]$/.test(passage) && countWords(passage) >= 120 && countWords(untilLastSentence) < 120;
          }),
      ),
    );
  });

  it.each(['', '   '])('makes no passage of %j', (text) => {
    expect(splitPassages(text)).toEqual([]);
  });

  it('keeps a full stop inside a name or number in one passage', () => {
    expect(splitPassages('It cost $1.5 million to e.g. the U.S. treasury.')).toHaveLength(1);
  });
});
