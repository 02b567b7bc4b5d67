import { resolve } from 'node:path';
import sharp from 'sharp';
import { type Medium, type ReadyMade, readyMadeSchemes } from '@maker-registry/watermark';
import { type Corpus, prepareCorpus } from './corpus/corpus';
import { runProgram } from './corpus/run-program';
import { FALSE_ALARM_BATCH, FALSE_ALARM_COUNTS, FALSE_ALARM_SECONDS, RIVAGAN_MAX_PIXELS } from './limits';
import { peerCodeHash, PEERS_FOLDER, textPeerCodeHash, watermarkCodeHash } from './measure/code-hash';
import { IMAGE_PEERS } from './measure/contestants';
import { type ContentResult, type MeasuredContent } from './measure/measure-content';
import { type Measured } from './measure/measured';
import { madeWeights } from './measure/made-weights';
import { ourContestant } from './measure/our-contestant';
import { ourTasks, peerTasks } from './measure/plan';
import { ResultStore } from './measure/result-store';
import { type RunContext, runContentTasks, runUnmarkedTasks } from './measure/run-tasks';
import { type UnmarkedResult } from './measure/tasks';
import { measureTextTokens, type TextTokensResult } from './measure/text-tokens';
import { unmarkedPieces } from './measure/unmarked-pieces';
import { summaryLines } from './report/summary-lines';
import { writeReport } from './report/write-report';
import { SAMPLE_ATTACKS, SAMPLE_UNMARKED, sampleContents, sampleFaults } from './sample';

const ROOT = resolve(__dirname, '../../..');
const CACHE = resolve(ROOT, '.cache');

export interface BenchmarkOptions {
  readonly media: readonly Medium[];
  /** At most so many contents of each medium. */
  readonly contents: number;
  /** Limits of this very run, for the page. */
  readonly notes: readonly string[];
  readonly workers: number;
  readonly withPeers: boolean;
  readonly withOurs: boolean;
  readonly withUnmarked: boolean;
  readonly withReport: boolean;
  readonly isSample: boolean;
  readonly textPython?: string;
}

/** Marks, attacks, reads; returns all that was found. Says on standard output how far it is. */
export async function measureAll(options: BenchmarkOptions): Promise<Measured> {
  const schemes = (await readyMadeSchemes()).filter(({ scheme }) => options.media.includes(scheme.medium));
  const corpus = await corpusFor(options);
  const context = await contextFor(options, schemes);
  const measured: Measured = {
    corpus: { name: corpus.name, sha256: corpus.sha256, contents: corpus.contents.length },
    ...{ contents: [], unmarked: [], seconds: {} },
  };
  const contents: (ContentResult & { readonly medium: Medium })[] = [];
  const unmarked: (UnmarkedResult & { readonly medium: Medium })[] = [];
  const seconds: Partial<Record<Medium, number>> = {};
  for (const medium of options.media) {
    const start = performance.now();
    const given = await contentsOf(medium, corpus, options);
    const here = {
      ...context,
      report: (line: string) => {
        say(`${medium}: ${line}`);
      },
    };
    const tasks = [
      ...(options.withOurs
        ? ourTasks(medium, schemes, given, options.isSample ? SAMPLE_ATTACKS[medium] : undefined)
        : []),
      ...(options.withPeers && medium === 'image' ? await imagePeerTasks(given) : []),
    ];
    contents.push(...(await runContentTasks(tasks, here)).map((result) => ({ ...result, medium })));
    if (options.withUnmarked && options.withOurs) {
      const found = await lookInUnmarked(medium, schemes, given, { corpus, context: here, options });
      unmarked.push(...found.map((result) => ({ ...result, medium })));
    }
    seconds[medium] = (performance.now() - start) / 1000;
    say(`${medium}: ${Math.round(seconds[medium])} s`);
  }
  return { ...measured, contents, unmarked, seconds };
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

async function corpusFor({ media, contents, isSample }: BenchmarkOptions): Promise<Corpus> {
  if (isSample) return { name: 'made on the spot', sha256: '', contents: [] };
  const left = new Map<string, number>();
  return prepareCorpus(
    resolve(CACHE, 'watermark-corpus'),
    ({ medium }) => {
      const taken = left.get(medium) ?? 0;
      left.set(medium, taken + 1);
      return media.includes(medium) && taken < contents;
    },
    say,
  );
}

async function contextFor(options: BenchmarkOptions, schemes: readonly ReadyMade[]): Promise<RunContext> {
  const codeHash = await watermarkCodeHash();
  const python = resolve(CACHE, 'watermark-peers/image');
  if (options.withPeers && options.media.includes('image')) {
    say('the peers for pictures: their Python environment');
    await runProgram(resolve(PEERS_FOLDER, 'make-venv'), [python, 'image']);
  }
  const fingerprint = await peerCodeHash();
  const settings = {
    codeHash,
    peers: {
      python: resolve(python, 'bin/python'),
      script: resolve(PEERS_FOLDER, 'image_peers.py'),
      fingerprint,
    },
  };
  const ours = new Map(schemes.map((ready) => [ready.name, ourContestant(ready, codeHash).fingerprint]));
  const peers = new Map(IMAGE_PEERS.map(({ name }) => [name, `${fingerprint} ${name}`] as const));
  return {
    settings,
    store: new ResultStore(resolve(CACHE, 'watermark-bench/results')),
    workers: options.workers,
    fingerprintOf: (name) =>
      ours.get(name) ?? peers.get(name as (typeof IMAGE_PEERS)[number]['name']) ?? name,
    report: say,
  };
}

async function contentsOf(
  medium: Medium,
  corpus: Corpus,
  { contents, isSample }: BenchmarkOptions,
): Promise<readonly MeasuredContent[]> {
  if (medium === 'weights') {
    return (await madeWeights(resolve(CACHE, 'watermark-corpus/weights'))).slice(0, isSample ? 1 : contents);
  }
  if (isSample) {
    return sampleContents(medium, resolve(CACHE, 'watermark-bench/sample'), resolve(ROOT, 'README.md'));
  }
  return corpus.contents.filter((content) => content.medium === medium).slice(0, contents);
}

async function imagePeerTasks(contents: readonly MeasuredContent[]): Promise<ReturnType<typeof peerTasks>> {
  const areas = new Map<string, number>();
  for (const { id, path } of contents) {
    const { width, height } = await sharp(path).metadata();
    areas.set(id, width * height);
  }
  return peerTasks(contents, areas, RIVAGAN_MAX_PIXELS);
}

interface Looking {
  readonly corpus: Corpus;
  readonly context: RunContext;
  readonly options: BenchmarkOptions;
}

/** The medium's share of detections without a mark, divided among its schemes. */
async function lookInUnmarked(
  medium: Medium,
  schemes: readonly ReadyMade[],
  given: readonly MeasuredContent[],
  { corpus, context, options }: Looking,
): Promise<readonly UnmarkedResult[]> {
  const own = schemes.filter(({ scheme }) => scheme.medium === medium && scheme.robust);
  const found: UnmarkedResult[] = [];
  for (const { name } of own) {
    const needsIds = name.startsWith('text-synthid');
    if (needsIds && options.isSample) continue;
    const pieces = await piecesFor(medium, needsIds, given, corpus);
    const count = options.isSample ? SAMPLE_UNMARKED : Math.ceil(FALSE_ALARM_COUNTS[medium] / own.length);
    const batches = Math.ceil(count / FALSE_ALARM_BATCH);
    const tasks = Array.from({ length: batches }, (_, at) => ({
      ...{ kind: 'unmarked' as const, contestant: name, pieces },
      ...{ from: at * FALSE_ALARM_BATCH, count: Math.min(FALSE_ALARM_BATCH, count - at * FALSE_ALARM_BATCH) },
    }));
    found.push(...(await runUnmarkedTasks(tasks, context, FALSE_ALARM_SECONDS[medium] / own.length)));
  }
  return found;
}

/** Short pieces of the corpus; model weights and sampled contents as they are. */
async function piecesFor(
  medium: Medium,
  asIds: boolean,
  given: readonly MeasuredContent[],
  corpus: Corpus,
): Promise<readonly string[]> {
  const contents = corpus.contents.filter((content) => content.medium === medium);
  if (contents.length === 0) return given.map(({ path }) => path);
  return unmarkedPieces(resolve(CACHE, 'watermark-bench/unmarked'), contents, asIds);
}

/** Measures, prints what was found, and writes the page, its plots and the robustness of each scheme document. */
export async function runBenchmark(options: BenchmarkOptions): Promise<void> {
  const measured = await measureAll(options);
  const texts = options.withPeers && options.media.includes('text') ? await textTokens(options) : undefined;
  for (const line of summaryLines(measured)) process.stdout.write(`${line}\n`);
  if (options.isSample) {
    const faults = sampleFaults(measured);
    if (faults.length > 0) throw new Error(`The sampled run is not sane. ${faults.join(' ')}`);
    say('the sampled run is sane');
  }
  if (options.withReport) {
    await writeReport(ROOT, measured, options.notes, texts);
    say('docs/watermark-robustness.md, its plots and the robustness of the scheme documents are written');
  }
}

/** Kept by the code of both sides, like everything else. */
async function textTokens({ textPython, workers }: BenchmarkOptions): Promise<TextTokensResult | undefined> {
  const store = new ResultStore(resolve(CACHE, 'watermark-bench/results'));
  const key = `text-tokens|${await watermarkCodeHash()}|${await textPeerCodeHash()}`;
  const kept = await store.get<TextTokensResult>(key);
  if (kept !== undefined || workers === 0) return kept;
  const folder = resolve(CACHE, 'watermark-peers/text');
  if (textPython === undefined) {
    say('the peers for text: their Python environment, some gigabytes');
    await runProgram(resolve(PEERS_FOLDER, 'make-venv'), [folder, 'text']);
  }
  say('text: token for token beside transformers');
  const python = textPython ?? resolve(folder, 'bin/python');
  const result = await measureTextTokens(python, resolve(CACHE, 'watermark-bench/texts'));
  await store.put(key, result);
  return result;
}
