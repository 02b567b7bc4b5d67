import { type CorpusManifest, manifestOf, readManifest } from './manifest';
import { plainText } from './prepare-text';

const SHA = '0'.repeat(64);

function manifest(changes: Partial<Record<keyof CorpusManifest, unknown>> = {}, content = {}): unknown {
  return {
    name: 'corpus',
    packages: [
      { name: 'pictures', client: 'apt', version: '1', licence: 'CC0-1.0', licence_stated_in: 'copyright' },
    ],
    contents: [
      {
        ...{ id: 'image-one', medium: 'image', kind: 'photograph', package: 'pictures' },
        ...{ files: [{ path: 'a/b.png', sha256: SHA }], prepare: { pixels: 1000 } },
        ...content,
      },
    ],
    ...changes,
  };
}

describe('the manifest of the corpus', () => {
  it('that is committed is well-formed and holds what was asked for', async () => {
    const { manifest: committed, sha256 } = await readManifest();
    const count = (medium: string): number =>
      committed.contents.filter((one) => one.medium === medium).length;
    expect([count('image'), count('audio'), count('video'), count('text')]).toEqual([48, 20, 5, 50]);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(committed.packages.every(({ licence }) => licence.length > 2)).toBe(true);
  });

  it('is taken as it stands when all is right', () => {
    expect(manifestOf(manifest())).toEqual(manifest());
    const sound = { package: 'pictures', path: 'a', sha256: SHA, start: 3 };
    const film = manifest({}, { id: 'video-one', medium: 'video', sound });
    expect(manifestOf(film)).toEqual(film);
  });

  it.each([
    ['a path that leads out', { files: [{ path: 'a/../../etc/passwd', sha256: SHA }] }],
    ['an absolute path', { files: [{ path: '/etc/passwd', sha256: SHA }] }],
    ['a digest that is none', { files: [{ path: 'a', sha256: 'abc' }] }],
    ['no file', { files: [] }],
    ['an unknown step', { prepare: { blur: 3 } }],
    ['a voice that is an option', { prepare: { speak: '--help' } }],
    ['an id with a slash', { id: 'image-a/b' }],
    ['an unknown medium', { medium: 'smell' }],
    ['another medium than its id says', { medium: 'audio' }],
    ['a package that is not listed', { package: 'films' }],
    ['a sound track under a picture', { sound: { package: 'pictures', path: 'a', sha256: SHA, start: 0 } }],
    [
      'a sound track of a package that is not listed',
      {
        ...{ id: 'video-one', medium: 'video' },
        sound: { package: 'songs', path: 'a', sha256: SHA, start: 0 },
      },
    ],
    [
      'a sound track that leads out',
      {
        ...{ id: 'video-one', medium: 'video' },
        sound: { package: 'pictures', path: '../a', sha256: SHA, start: 0 },
      },
    ],
  ])('is refused with %s', (_, content) => {
    expect(() => manifestOf(manifest({}, content))).toThrow();
  });

  it('is refused where an id stands twice', () => {
    const { contents } = manifest() as CorpusManifest;
    expect(() => manifestOf(manifest({ contents: [...contents, ...contents] }))).toThrow('twice');
  });

  it('is refused with a package of an unknown client, or with a name that is an option', () => {
    const named = { client: 'apt', version: '1', licence: 'x', licence_stated_in: 'x' };
    expect(() => manifestOf(manifest({ packages: [{ ...named, name: '--root' }] }))).toThrow();
    expect(() => manifestOf(manifest({ packages: [{ ...named, name: 'ab', client: 'curl' }] }))).toThrow();
  });
});

describe('a text of the corpus', () => {
  it('loses separators and doubled spaces, and is cut by characters', () => {
    const text = Buffer.from('one  two\r\n%\nthree\n\n\n\nfour \u{1F600}five');
    expect(plainText(text, {})).toBe('one two\n\nthree\n\nfour \u{1F600}five');
    expect(plainText(text, { start: 21, characters: 2 })).toBe('\u{1F600}f');
  });
});
