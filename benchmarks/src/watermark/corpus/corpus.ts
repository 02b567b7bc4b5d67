import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type CorpusContent, type CorpusMedium, packagesOf, readManifest } from './manifest';
import { exists, fetchPackages } from './packages';
import { prepareAudio } from './prepare-audio';
import { prepareImage } from './prepare-image';
import { plainText } from './prepare-text';
import { prepareVideo, type Track } from './prepare-video';

/** A content as it is marked and attacked. */
export interface PreparedContent {
  readonly id: string;
  readonly medium: CorpusMedium;
  readonly kind: string;
  readonly path: string;
  /** Of the prepared file: results are kept under it. */
  readonly sha256: string;
}

export interface Corpus {
  readonly name: string;
  /** Of the manifest. */
  readonly sha256: string;
  readonly contents: readonly PreparedContent[];
}

const FOLDERS: Readonly<Record<CorpusMedium, string>> = {
  image: 'images',
  audio: 'audio',
  video: 'videos',
  text: 'texts',
};
const ENDINGS: Readonly<Record<CorpusMedium, string>> = {
  image: '.png',
  audio: '.wav',
  video: '.mp4',
  text: '.txt',
};

/**
 * Makes whatever of the corpus is not there yet, in `folder`, and says where everything is.
 *
 * @param choose which contents are wanted; packages of others are not fetched
 * @throws Error naming a package that cannot be fetched, or a file that is not the one of the manifest
 */
export async function prepareCorpus(
  folder: string,
  choose: (content: CorpusContent) => boolean,
  report: (line: string) => void,
): Promise<Corpus> {
  const root = resolve(folder);
  const { manifest, sha256 } = await readManifest();
  const chosen = manifest.contents.filter(choose);
  const needed = new Set(chosen.flatMap(packagesOf));
  const missing = [];
  for (const content of chosen) if (!(await exists(targetOf(root, content)))) missing.push(content);
  if (missing.length > 0) {
    const wanted = manifest.packages.filter(({ name }) => needed.has(name));
    const folders = await fetchPackages(join(root, 'packages'), wanted, report);
    report(`preparing ${missing.length} of ${chosen.length} contents`);
    for (const content of missing) await prepare(root, folders, content);
  }
  const contents = [];
  for (const content of chosen) contents.push(await prepared(root, content));
  return { name: manifest.name, sha256, contents };
}

function targetOf(root: string, { id, medium }: CorpusContent): string {
  return join(root, FOLDERS[medium], `${id}${ENDINGS[medium]}`);
}

async function prepared(root: string, content: CorpusContent): Promise<PreparedContent> {
  const path = targetOf(root, content);
  const { id, medium, kind } = content;
  return { id, medium, kind, path, sha256: sha256Of(await readFile(path)) };
}

async function prepare(
  root: string,
  folders: ReadonlyMap<string, string>,
  content: CorpusContent,
): Promise<void> {
  const fileOf = async (name: string, path: string, sha256: string): Promise<string> => {
    const file = join(folders.get(name) ?? '', path);
    await assertUnchanged(file, path, sha256, content);
    return file;
  };
  const { sound } = content;
  const inputs = [];
  for (const { path, sha256 } of content.files) inputs.push(await fileOf(content.package, path, sha256));
  const track =
    sound === undefined
      ? undefined
      : { path: await fileOf(sound.package, sound.path, sound.sha256), start: sound.start };
  const target = targetOf(root, content);
  await mkdir(join(root, FOLDERS[content.medium]), { recursive: true });
  const scratch = await mkdtemp(join(root, '.prepare-'));
  try {
    const made = join(scratch, `made${ENDINGS[content.medium]}`);
    await make({ inputs, track }, made, content, scratch);
    await rename(made, target);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Sources {
  readonly inputs: readonly string[];
  readonly track: Track | undefined;
}

async function make(
  { inputs, track }: Sources,
  output: string,
  { medium, prepare: how }: CorpusContent,
  scratch: string,
): Promise<void> {
  const first = inputs[0] ?? '';
  switch (medium) {
    case 'image':
      return prepareImage(first, output, how);
    case 'audio':
      return prepareAudio(inputs, output, how, scratch);
    case 'video':
      return prepareVideo(inputs, track, output, how);
    case 'text':
      return writeFile(output, plainText(await readFile(first), how));
  }
}

async function assertUnchanged(
  file: string,
  path: string,
  wanted: string,
  content: CorpusContent,
): Promise<void> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes !== undefined && sha256Of(bytes) === wanted) return;
  const what = bytes === undefined ? 'is not in' : 'is another file in';
  throw new Error(
    `${path} ${what} the package ${content.package} that is served today, so ${content.id} would be another content. ` +
      'Put the new digest into benchmarks/watermark/corpus.json and measure everything anew.',
  );
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
