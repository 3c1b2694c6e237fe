/** One object of options: what accepts it, one that is right, and the names of all its options. */
export interface OptionSite {
  readonly accept: (options: never) => unknown;
  readonly right?: object;
  readonly names: string;
  /** What stands before its names in messages. */
  readonly path?: string;
  /** What may stand in the place of the object. */
  readonly or?: 'a text' | 'a function';
  /** Names whose objects hold what the application has, such as conditions: any class may be among it. */
  readonly open?: string;
}

class Wrong {
  readonly wrong = 1;
}
const WRONG: readonly unknown[] = [null, NaN, Symbol('wrong'), new Wrong()];
const WRONG_WHERE_OPEN: readonly unknown[] = [null, NaN, Symbol('wrong'), 'wrong'];
const WHOLES = [null, 5, []];
const OTHER_WHOLES = { 'a text': 'slow', 'a function': () => undefined };

/**
 * The matrix of options that each library stands: every option of every object x what is wrong for it.
 *
 * @param reportedBy the options that an error of the library reports; it throws what is none.
 */
export function describeOptions(
  sites: readonly (readonly [name: string, site: OptionSite])[],
  reportedBy: (error: unknown) => readonly string[],
): void {
  describe.each(sites)('the options of %s', (_, { accept, right = {}, names, path = '', or, open = '' }) => {
    const reported = async (options: unknown): Promise<readonly string[]> => {
      try {
        await accept(options as never);
        return [];
      } catch (error) {
        return reportedBy(error);
      }
    };
    const all = names.split(/\s+/);
    const others = Object.entries(OTHER_WHOLES).flatMap(([kind, value]) => (kind === or ? [] : [value]));

    it.each([...WHOLES, ...others])('are an object: %p is refused', async (options) => {
      expect(await reported(options)).not.toEqual([]);
    });

    it('have no other names, and all that are wrong are reported in one error', async () => {
      const options = { ...right, zzzzzzzz: 1, yyyyyyyy: 2 };
      expect(await reported(options)).toEqual([`${path}zzzzzzzz`, `${path}yyyyyyyy`]);
    });

    it.each(all)('name %s where it is misspelled', async (name) => {
      const misspelled = `${name.slice(0, -1)}${name.at(-1)}x`;
      const attempt = async (): Promise<unknown> => await accept({ ...right, [misspelled]: 1 } as never);
      await expect(attempt()).rejects.toThrow(`did you mean ${path}${name}?`);
    });

    it.each(all)('refuse a %s that is nothing, no number, or of another kind', async (name) => {
      for (const value of open.split(' ').includes(name) ? WRONG_WHERE_OPEN : WRONG) {
        const options = await reported({ ...right, [name]: value });
        expect(options.filter((option) => option.startsWith(`${path}${name}`))).not.toEqual([]);
      }
    });

    it.each(all.filter((name) => !(name in right)))('hold the default for a %s that is undefined', async (name) => {
      expect(await reported({ ...right, [name]: undefined })).toEqual([]);
    });
  });
}
