import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ParamsDocument } from '@maker-registry/protocol';
import {
  type ReadyMade,
  readyMadeSchemes,
  schemeDocumentOf,
  schemeOf,
  WatermarkKey,
} from '@maker-registry/watermark';
import { exists } from '../corpus/packages';
import { runProgram } from '../corpus/run-program';
import { TEXT_PEER_TIMEOUT } from '../limits';
import { PEERS_FOLDER } from './code-hash';

export interface TextTokensRow {
  readonly tokens: number;
  readonly attack: string;
  /** Shares found at 1e-6. */
  readonly ours?: number;
  readonly kgw?: number;
  readonly oursSynthId?: number;
  readonly synthId?: number;
  readonly minimum?: number;
}

export interface TextTokensResult {
  readonly texts: number;
  readonly vocabulary: number;
  readonly entropyBits: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly TextTokensRow[];
  /** CPU rate of our green-list detector on a long list. */
  readonly tokensPerSecond: number;
}

interface PeerRow {
  readonly mark: string;
  readonly attack: string;
  readonly rates: Readonly<Record<string, number>>;
  readonly tokens: readonly (readonly number[])[];
}

interface PeerResults {
  readonly versions: Readonly<Record<string, string>>;
  readonly sampler: { readonly vocabulary: number; readonly entropy_bits: number };
  readonly synthid: { readonly keys: readonly number[]; readonly ngram_len: number };
  readonly rows: readonly PeerRow[];
}

const TEXTS = 50;
const VOCABULARY = 4096;
const LENGTHS = [200, 400] as const;
const KEY = '6d616b6572207265676973747279206265736964652074726177667265732e2e';
const ATTACKS = [
  'none',
  'substitute-10',
  'substitute-20',
  'substitute-40',
  'delete-20',
  'insert-20',
  'keep-half',
  'paste-25',
];
/** Tokens of the list on which speed is measured. */
const LONG = 400_000;

/** Rates asked for: length and attack. */
const MINIMUMS: Readonly<Record<string, number>> = { '200 none': 0.99, '400 substitute-20': 0.9 };

/** Texts of a sampler of stated entropy, marked and judged by transformers and by us, on the same token ids. */
export async function measureTextTokens(
  python: string,
  folder: string,
  lengths: readonly number[] = LENGTHS,
): Promise<TextTokensResult> {
  const schemes = await readyMadeSchemes();
  const green = readerOfIds(schemes, 'text-green-list-v1');
  await mkdir(folder, { recursive: true });
  const rows: TextTokensRow[] = [];
  let last: PeerResults | undefined;
  for (const tokens of lengths) {
    last = await peerRun(python, folder, tokens, green.document);
    const synthId = synthIdReader(schemes, last);
    for (const attack of ATTACKS) rows.push(await rowOf(last.rows, { tokens, attack }, green, synthId));
  }
  if (last === undefined) throw new Error('No text was made.');
  return {
    ...{ texts: TEXTS, vocabulary: last.sampler.vocabulary, entropyBits: last.sampler.entropy_bits },
    ...{ versions: last.versions, rows, tokensPerSecond: await speedOf(green) },
  };
}

async function peerRun(
  python: string,
  folder: string,
  tokens: number,
  document: ParamsDocument,
): Promise<PeerResults> {
  const job = join(folder, `job-${tokens}.json`);
  const results = join(folder, `results-${tokens}.json`);
  const marks = ['none', 'kgw', 'synthid', 'green'];
  const wanted = { texts: TEXTS, tokens, vocabulary: VOCABULARY, marks, attacks: ATTACKS, keep_tokens: true };
  const text = JSON.stringify({ ...wanted, green: { document, key: KEY } });
  const before = await readFile(job, 'utf8').catch(() => '');
  if (before !== text || !(await exists(results))) {
    await rm(results, { force: true });
    await writeFile(job, text);
    await runProgram(python, [join(PEERS_FOLDER, 'text_peers.py'), job, results], {
      timeout: TEXT_PEER_TIMEOUT * 1000,
    });
  }
  return JSON.parse(await readFile(results, 'utf8')) as PeerResults;
}

interface Reader {
  readonly document: ParamsDocument;
  found(ids: readonly number[]): Promise<boolean>;
}

function readerOf(document: ParamsDocument, key: WatermarkKey): Reader {
  const scheme = schemeOf(document);
  return {
    document,
    found: async (ids) => {
      const content = { bytes: Buffer.from(JSON.stringify(ids)), mediaType: 'application/json' };
      return (await scheme.detect({ document, key, content })).decision === 'detected';
    },
  };
}

/** A ready-made document whose contents are ids of the sampler's vocabulary. */
function withIds(schemes: readonly ReadyMade[], name: string): Record<string, unknown> {
  const ready = schemes.find((one) => one.name === name);
  if (ready === undefined) throw new Error(`There is no ready-made document ${name}.`);
  const params: Record<string, unknown> = { ...ready.document.params };
  params['tokenizer'] = { name: 'token_ids', vocabulary_size: VOCABULARY };
  return { ...ready.document, params };
}

function readerOfIds(schemes: readonly ReadyMade[], name: string): Reader {
  return readerOf(schemeDocumentOf(withIds(schemes, name)), new WatermarkKey(Buffer.from(KEY, 'hex')));
}

/** Reads what transformers marked: its integer keys are the watermark key. */
function synthIdReader(schemes: readonly ReadyMade[], { synthid }: PeerResults): Reader {
  const document = withIds(schemes, 'text-synthid-v1');
  const params = { ...(document['params'] as Record<string, unknown>), keys: 'list' };
  const key = WatermarkKey.fromFile(Buffer.from(JSON.stringify(synthid.keys)));
  return readerOf(schemeDocumentOf({ ...document, params }), key);
}

async function rowOf(
  rows: readonly PeerRow[],
  { tokens, attack }: { readonly tokens: number; readonly attack: string },
  green: Reader,
  synthId: Reader,
): Promise<TextTokensRow> {
  const of = (mark: string): PeerRow | undefined =>
    rows.find((row) => row.mark === mark && row.attack === attack);
  const minimum = MINIMUMS[`${tokens} ${attack}`];
  return {
    ...{ tokens, attack },
    ...(await shareOf('ours', of('green'), green)),
    ...(await shareOf('oursSynthId', of('synthid'), synthId)),
    kgw: of('kgw')?.rates['kgw_z'] ?? Number.NaN,
    synthId: of('synthid')?.rates['synthid_weighted_mean'] ?? Number.NaN,
    ...(minimum === undefined ? {} : { minimum }),
  };
}

async function shareOf(
  name: 'ours' | 'oursSynthId',
  row: PeerRow | undefined,
  reader: Reader,
): Promise<Partial<Record<'ours' | 'oursSynthId', number>>> {
  if (row === undefined) return {};
  let found = 0;
  for (const ids of row.tokens) if (await reader.found(ids)) found += 1;
  return { [name]: found / row.tokens.length };
}

async function speedOf(reader: Reader): Promise<number> {
  // Every token another context: no repetition is skipped.
  const ids = Array.from({ length: LONG }, (_, at) => (at * 2_654_435_761 + (at >> 8) * 40_503) % VOCABULARY);
  await reader.found(ids.slice(0, LONG / 10));
  const before = process.cpuUsage();
  await reader.found(ids);
  const { user, system } = process.cpuUsage(before);
  return (LONG * 1e6) / (user + system);
}
