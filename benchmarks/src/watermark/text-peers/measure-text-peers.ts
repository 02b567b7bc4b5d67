import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReadyMade, synthIdConfig, WatermarkKey } from '@maker-registry/watermark';
import { runProgram } from '../corpus/run-program';

/** Texts and tokens of each, and the attacks: of peers/text_peers.py. */
export interface TextPeerPlan {
  readonly texts: number;
  readonly tokens: number;
  /** Of the next token, before any mark. */
  readonly entropyBits: number;
  readonly vocabulary: number;
  readonly attacks: readonly string[];
}

/** What became of one mark under one attack: the part of the texts that each detector found it in. */
export interface TextPeerRow {
  readonly mark: string;
  readonly attack: string;
  readonly texts: number;
  readonly tokens: number;
  /**
   * By detector: transformers' own (`kgw_z`, `synthid_mean`, `synthid_weighted_mean` by the normal approximation at 10^−6, `kgw_exact` by the
   * exact binomial of its counts), and ours by the name of the document.
   */
  readonly rates: Readonly<Record<string, number>>;
  /** Texts whose payload came out whole, for documents that carry one. */
  readonly payloadRate?: number;
}

export interface TextPeerResult {
  readonly versions: Readonly<Record<string, string>>;
  readonly entropyBits: number;
  readonly rows: readonly TextPeerRow[];
}

interface Answer {
  readonly versions: Readonly<Record<string, string>>;
  readonly sampler: { readonly entropy_bits: number };
  readonly rows: readonly {
    readonly mark: string;
    readonly attack: string;
    readonly texts: number;
    readonly rates: Readonly<Record<string, number>>;
    readonly tokens: readonly (readonly number[])[];
  }[];
}

/** Any key would do; a constant one makes the run repeatable. */
const KEY_BYTES = Uint8Array.from({ length: 32 }, (_, index) => index);
const KEY = new WatermarkKey(KEY_BYTES);
const PAYLOAD = 'deadbeefcafe0123456789abcdef0011223344556677889900aabbccddeeff01';

/**
 * Marks texts with transformers' processors and with ours (libs/watermark/python) on one sampler, attacks them, and asks transformers'
 * detectors and all of ours for the same tokens. `schemes` are the ready-made documents of medium text; of them the token marks take part.
 */
export async function measureTextPeers(
  python: string,
  script: string,
  plan: TextPeerPlan,
  schemes: readonly ReadyMade[],
  timeout: number,
): Promise<TextPeerResult> {
  const ours = schemes.filter(({ scheme }) => scheme.medium === 'text' && scheme.robust);
  const folder = await mkdtemp(join(tmpdir(), 'text-peers-'));
  try {
    const [job, results] = [join(folder, 'job.json'), join(folder, 'results.json')];
    await writeFile(job, JSON.stringify(jobOf(plan, ours)));
    await runProgram(python, [script, job, results], { timeout });
    const answer = JSON.parse(await readFile(results, 'utf8')) as Answer;
    const rows: TextPeerRow[] = [];
    for (const row of answer.rows) rows.push(await judged(row, plan, ours));
    return { versions: answer.versions, entropyBits: answer.sampler.entropy_bits, rows };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function jobOf(plan: TextPeerPlan, ours: readonly ReadyMade[]): Readonly<Record<string, unknown>> {
  const written = ours.filter(({ scheme }) => scheme.embed !== undefined);
  const synthid = ours.find(({ scheme }) => scheme.name === 'text-synthid');
  const documents = written.map((ready) => [
    ready.name,
    { document: ready.document, key: Buffer.from(KEY_BYTES).toString('hex'), ...payloadOf(ready) },
  ]);
  const { texts, tokens, vocabulary, attacks, entropyBits } = plan;
  return {
    ...{ texts, tokens, vocabulary, attacks, entropy_bits: entropyBits, keep_tokens: true },
    marks: ['none', 'kgw', 'synthid', ...written.map(({ name }) => name)],
    documents: Object.fromEntries(documents) as unknown,
    ...(synthid === undefined ? {} : { synthid: synthIdConfig(synthid.document, KEY) }),
  };
}

function payloadOf({ scheme, document }: ReadyMade): { readonly payload?: string } {
  const bits = scheme.payloadBits(document);
  return bits === 0 ? {} : { payload: PAYLOAD.slice(0, bits / 4) };
}

async function judged(
  row: Answer['rows'][number],
  plan: TextPeerPlan,
  ours: readonly ReadyMade[],
): Promise<TextPeerRow> {
  const rates: Record<string, number> = { ...row.rates };
  let payloadRate: number | undefined;
  for (const ready of ours) {
    const { payload } = payloadOf(ready);
    let [detected, whole] = [0, 0];
    for (const tokens of row.tokens) {
      const found = await detect(ready, tokens);
      if (found.decision === 'detected') detected += 1;
      if (payload !== undefined && found.payload === payload) whole += 1;
    }
    rates[ready.name] = detected / row.tokens.length;
    if (ready.name === row.mark && payload !== undefined) payloadRate = whole / row.tokens.length;
  }
  return {
    ...{ mark: row.mark, attack: row.attack, texts: row.texts, tokens: plan.tokens, rates },
    ...(payloadRate === undefined ? {} : { payloadRate }),
  };
}

async function detect({ scheme, document }: ReadyMade, tokens: readonly number[]) {
  const bytes = Buffer.from(JSON.stringify(tokens));
  return await scheme.detect({ document, key: KEY, content: { bytes, mediaType: 'application/json' } });
}
