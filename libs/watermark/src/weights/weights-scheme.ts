import { constants } from 'node:fs';
import { chmod, copyFile, open, stat, writeFile } from 'node:fs/promises';
import { WatermarkError } from '../errors/watermark-error';
import { type ByteSource, openContent } from '../media/byte-source';
import { writeReplaced } from '../media/replaced-file';
import {
  type ContentSource,
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { log2 } from '../signal/logarithm';
import { judgeWeights, weightsWord } from './detect-weights';
import { addSpread, type EmbedPlan, emptySpread, planEmbedding } from './embed-plan';
import { type ChangeFigures, embedRows } from './embed-rows';
import { projectTensors, type WeightsWalk } from './project-tensors';
import { readTensors, type TensorEntry } from './safetensors-header';
import { selectTensors } from './tensor-selection';
import { WEIGHTS_PARAMS, type WeightsParams, weightsParamsOf } from './weights-params';

/** Fewer for each code bit leave no room between what is found without a mark and what changes a model. */
const MIN_WEIGHTS_PER_BIT = 16;
const OWNER_WRITES = 0o200;
/** Shares of the work: measuring, writing, and reading back. */
const PASSES = { measure: 0.35, write: 0.75, verify: 1 };

/** A payload in the float tensors of a safetensors file (S2-060, S2-063): specification, "Watermark in model weights". */
export const WEIGHTS_PROJECTION: WatermarkScheme = {
  name: 'weights-projection',
  version: '1',
  medium: 'weights',
  robust: true,
  paramsSchema: WEIGHTS_PARAMS,
  payloadBits: (document) => weightsParamsOf(document).payload_bits,
  embed: embedWeights,
  detect: detectWeights,
};

async function detectWeights(task: WatermarkTask): Promise<Detection> {
  const { document, key, content } = task;
  const params = weightsParamsOf(document);
  key.assertCommitted(document.key_commitment);
  return withSource(content, async (source) => {
    const tensors = selectTensors(await readTensors(source), params.selection);
    const walk = walkOf(task, params, source, tensors);
    const projection = await projectTensors(walk, params.local_tensors);
    return judgeWeights({ schemeId: document.scheme_id, key, params, projection });
  });
}

async function embedWeights(task: EmbedTask): Promise<EmbedReport> {
  const { document, key, content, payload } = task;
  const params = weightsParamsOf(document);
  key.assertCommitted(document.key_commitment);
  const word = weightsWord(key, payload, document.scheme_id, params);
  return withSource(content, async (source) => {
    const tensors = selectTensors(await readTensors(source), params.selection);
    const walk = walkOf(task, params, source, tensors);
    const plan = await planOf(partOf(walk, 0, PASSES.measure), word, params);
    return writeReplaced(task.output, async (temporary) => {
      await copyContent(content, temporary);
      const figures = await rewrite(partOf(walk, PASSES.measure, PASSES.write), plan, temporary);
      await assertReadable(task, temporary, partOf(walk, PASSES.write, PASSES.verify).onProgress);
      return reportOf(figures, plan, params, tensors);
    });
  });
}

async function withSource<Result>(
  content: ContentSource,
  work: (source: ByteSource) => Promise<Result>,
): Promise<Result> {
  const source = await openContent(content);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

function walkOf(
  { key, signal, onProgress }: WatermarkTask,
  params: WeightsParams,
  source: ByteSource,
  tensors: readonly TensorEntry[],
): WeightsWalk {
  return {
    source,
    tensors,
    key,
    codeLength: params.code.length,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

/** The walk as one part of a longer work. */
function partOf(walk: WeightsWalk, from: number, to: number): WeightsWalk {
  const { onProgress } = walk;
  if (onProgress === undefined) return walk;
  return {
    ...walk,
    onProgress: (part) => {
      onProgress(from + part * (to - from));
    },
  };
}

async function planOf(walk: WeightsWalk, word: Uint8Array, params: WeightsParams): Promise<EmbedPlan> {
  const spread = emptySpread(walk.codeLength);
  const { total } = await projectTensors(walk, 0, (chunk, row, chips) => {
    addSpread(spread, chunk, row, chips);
  });
  if (total.weights < walk.codeLength * MIN_WEIGHTS_PER_BIT) throw tooSmall(total.weights);
  return planEmbedding(total, spread, word, params.embedding);
}

function tooSmall(weights: number): WatermarkError {
  return new WatermarkError(
    'MEDIA_TOO_SMALL',
    `The tensors that the scheme selects hold ${weights} weights other than zero, too few for the payload.`,
    { subject: 'content' },
  );
}

async function copyContent(content: ContentSource, to: string): Promise<void> {
  if ('bytes' in content) {
    await writeFile(to, content.bytes, { flag: 'wx' });
    return;
  }
  await copyFile(content.path, to, constants.COPYFILE_EXCL);
  // The copy has the permissions of its original, which may be that nobody writes to it.
  await chmod(to, (await stat(to)).mode | OWNER_WRITES);
}

async function rewrite(walk: WeightsWalk, plan: EmbedPlan, path: string): Promise<ChangeFigures> {
  const output = await open(path, 'r+');
  try {
    return await embedRows(walk, plan, async (offset, bytes) => {
      await output.write(bytes, 0, bytes.length, offset);
    });
  } finally {
    await output.close();
  }
}

/** A mark that its own detector does not find is not handed out: the limit of change was too tight for so few weights. */
async function assertReadable(
  task: EmbedTask,
  path: string,
  onProgress?: (part: number) => void,
): Promise<void> {
  const { document, key, signal } = task;
  const found = await detectWeights({
    document,
    key,
    content: { path },
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  if (found.payload === Buffer.from(task.payload).toString('hex')) return;
  throw new WatermarkError(
    'MEDIA_TOO_SMALL',
    'The weights are too few or too uneven to carry the payload within the limit of change. Raise change_limit_percent.',
    { subject: '/params/embedding' },
  );
}

function reportOf(
  figures: ChangeFigures,
  plan: EmbedPlan,
  params: WeightsParams,
  tensors: readonly TensorEntry[],
): EmbedReport {
  const ratio = figures.changeEnergy / figures.energy;
  return {
    payload_bits: params.payload_bits,
    // Nothing changed where the same mark stands in the file already; then there is no ratio in dB.
    ...(ratio === 0 ? {} : { snr: rounded((-10 * log2(ratio)) / log2(10), 100) }),
    relative_change: rounded(Math.sqrt(ratio), 1_000_000),
    max_change: rounded(figures.largest, 10_000),
    margin_percent: plan.marginPercent,
    tensors: tensors.length,
    weights: figures.weights,
    weights_changed: figures.changed,
  };
}

function rounded(value: number, scale: number): number {
  return Math.round(value * scale) / scale;
}
