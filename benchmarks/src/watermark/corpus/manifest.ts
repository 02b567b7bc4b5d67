import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createHash } from 'node:crypto';
import { assertSchema, closedObject, type JsonSchema, oneOf } from '@maker-registry/protocol';

export const CORPUS_MEDIA = ['image', 'audio', 'video', 'text'] as const;
export type CorpusMedium = (typeof CORPUS_MEDIA)[number];

/** A package that carries contents, with the licence that it states for them. */
export interface CorpusPackage {
  readonly name: string;
  readonly client: 'apt' | 'pip';
  /** The version whose files the digests are of. A later one is used too, as long as the files are the same. */
  readonly version: string;
  readonly licence: string;
  readonly licence_stated_in: string;
}

/** How a content is made of its package's files; every step is deterministic. */
export interface Preparation {
  /** Images: resampled to this area; native size without it. */
  readonly pixels?: number;
  /** Audio and video: seconds from the beginning; text: characters. */
  readonly start?: number;
  readonly seconds?: number;
  readonly rate?: number;
  readonly channels?: number;
  /** Audio: the file is a text, spoken by this voice of espeak-ng. */
  readonly speak?: string;
  readonly characters?: number;
  readonly height?: number;
  /** Video made of pictures: a pan over one, or several cut together. */
  readonly made?: 'pan' | 'slides';
}

/** What is laid under a film from its beginning: the sound of a file, which may be of another package. */
export interface SoundTrack {
  readonly package: string;
  readonly path: string;
  readonly sha256: string;
  /** Seconds from the beginning of that file. */
  readonly start: number;
}

export interface CorpusContent {
  readonly id: string;
  readonly medium: CorpusMedium;
  readonly kind: string;
  readonly package: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Videos only. */
  readonly sound?: SoundTrack;
  readonly prepare: Preparation;
}

export interface CorpusManifest {
  readonly name: string;
  readonly packages: readonly CorpusPackage[];
  readonly contents: readonly CorpusContent[];
}

const HEX32: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const WORDS: JsonSchema = { type: 'string', minLength: 1, maxLength: 200 };
const ID: JsonSchema = { type: 'string', pattern: '^(image|audio|video|text)-[a-z0-9.-]{1,60}$' };
/** A path in a package: relative, with no part that leads out of it. */
const PATH: JsonSchema = { type: 'string', pattern: '^(?!.*(^|/)\\.\\.?(/|$))[^/].{0,250}$' };
const COUNT: JsonSchema = { type: 'integer', minimum: 0, maximum: 100_000_000 };

const PREPARATION: Readonly<Record<string, JsonSchema>> = {
  ...{ pixels: COUNT, start: COUNT, seconds: COUNT, rate: COUNT, channels: COUNT },
  ...{ characters: COUNT, height: COUNT },
  speak: { type: 'string', pattern: '^[a-z]{2}$' },
  made: oneOf(['pan', 'slides']),
};

const MANIFEST: JsonSchema = closedObject({
  name: WORDS,
  packages: {
    type: 'array',
    items: closedObject({
      name: { type: 'string', pattern: '^[a-z0-9][a-z0-9.+-]{1,80}$' },
      client: oneOf(['apt', 'pip']),
      ...{ version: WORDS, licence: WORDS, licence_stated_in: PATH },
    }),
  },
  contents: {
    type: 'array',
    items: closedObject(
      {
        id: ID,
        medium: oneOf(CORPUS_MEDIA),
        ...{ kind: WORDS, package: WORDS },
        files: { type: 'array', minItems: 1, items: closedObject({ path: PATH, sha256: HEX32 }) },
        sound: closedObject({ package: WORDS, path: PATH, sha256: HEX32, start: COUNT }),
        prepare: closedObject(PREPARATION, Object.keys(PREPARATION)),
      },
      ['sound'],
    ),
  },
});

/** Where the manifest is committed. */
export const MANIFEST_FILE = resolve(__dirname, '../../../watermark/corpus.json');

/**
 * The manifest of a JSON value.
 *
 * @throws RegistryError SCHEMA_VIOLATION; Error where ids repeat or a content names a package that is not listed
 */
export function manifestOf(value: unknown): CorpusManifest {
  assertSchema(MANIFEST, value);
  const manifest = value as CorpusManifest;
  const packages = new Set(manifest.packages.map(({ name }) => name));
  const ids = new Set<string>();
  for (const content of manifest.contents) {
    const { id, medium, sound } = content;
    for (const name of packagesOf(content)) {
      if (packages.has(name)) continue;
      throw new Error(`${id} is of package ${name}, which the manifest does not list.`);
    }
    if (sound !== undefined && medium !== 'video')
      throw new Error(`${id} is no video and has a sound track.`);
    if (ids.has(id)) throw new Error(`The id ${id} stands twice in the manifest.`);
    if (!id.startsWith(`${medium}-`)) throw new Error(`${id} is listed as ${medium}.`);
    ids.add(id);
  }
  return manifest;
}

/** Packages that carry the files of a content. */
export function packagesOf({ package: name, sound }: CorpusContent): string[] {
  return sound === undefined ? [name] : [name, sound.package];
}

/** The committed manifest and the SHA-256 of its bytes, which names the corpus in robustness tables. */
export async function readManifest(
  file = MANIFEST_FILE,
): Promise<{ readonly manifest: CorpusManifest; readonly sha256: string }> {
  const bytes = await readFile(file);
  const manifest = manifestOf(JSON.parse(bytes.toString('utf8')));
  return { manifest, sha256: createHash('sha256').update(bytes).digest('hex') };
}
