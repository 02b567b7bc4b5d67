import { WatermarkError } from '../errors/watermark-error';
import { quantizer, readSound, sampleBitsOf, writeSound } from '../media/audio-file';
import { withContentFile } from '../media/content-file';
import { encodeAudio, type MediaSink } from '../media/media-encoder';
import { type AudioStream, type MediaProbe, probeMedia } from '../media/media-probe';
import { detectionOfCode, nothingFound } from '../scheme/decide';
import {
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { AUDIO_PARAMS_SCHEMA, audioParams, type AudioParams, mostWindows } from './audio-params';
import { AudioMarker } from './audio-marker';
import { AudioReader } from './audio-reader';
import { audioQuestion } from './window-reading';

/**
 * Samples a second below which no mark is put in or looked for: sound of 500 Hz and less tells no payload. A file of a few
 * kilobytes that claims one sample a second would be resampled to hours at once, and fill the memory.
 */
const LEAST_RATE = 1000;

/** A mark of small changes of loudness in keyed cells of time and frequency, found again at other speeds and offsets. */
export const AUDIO_SCHEME: WatermarkScheme = {
  name: 'audio-patchwork',
  version: '1',
  medium: 'audio',
  robust: true,
  paramsSchema: AUDIO_PARAMS_SCHEMA,
  payloadBits: (document) => audioParams(document).payload_bits,
  placesSearched: (document) => mostWindows(audioParams(document)),
  embed,
  detect,
};

async function embed(task: EmbedTask): Promise<EmbedReport> {
  const { document, key, payload, output, signal } = task;
  const params = audioParams(document);
  key.assertCommitted(document.key_commitment);
  return await withContentFile(task.content, async (path) => {
    const probe = await probeMedia(path, stoppable(signal));
    const { sampleRate, channels } = soundOf(probe);
    if (sampleRate < LEAST_RATE) {
      throw new WatermarkError(
        'MEDIA_TOO_SMALL',
        `The content has ${sampleRate} samples a second; a payload needs at least ${LEAST_RATE}.`,
      );
    }
    const marker = new AudioMarker(
      { params, schemeId: document.scheme_id, key, payload },
      sampleRate,
      channels,
    );
    const sampleBits = sampleBitsOf(probe);
    await encodeAudio({ output, sampleRate, channels, sampleBits, ...stoppable(signal) }, async (sink) => {
      await markSound(probe, marker, task, sink);
    });
    const { segmental, overall } = marker.quality();
    return {
      payload_bits: params.payload_bits,
      segmental_snr: hundredths(segmental),
      snr: hundredths(overall),
    };
  });
}

async function markSound(
  probe: MediaProbe,
  marker: AudioMarker,
  task: EmbedTask,
  sink: MediaSink,
): Promise<void> {
  const sampleBits = sampleBitsOf(probe);
  const { sampleRate } = soundOf(probe);
  const quantize = quantizer(sampleBits);
  const progress = progressOf(probe, task);
  let samples = 0;
  let loud = false;
  for await (const { channels } of readSound(probe, task.signal)) {
    samples += channels[0].length;
    loud ||= channels.some((channel) => channel.some((value) => value !== 0));
    await writeSound(marker.push(channels, quantize), sampleBits, sink);
    progress(samples);
  }
  await writeSound(marker.end(quantize), sampleBits, sink);
  assertLongEnough(samples / sampleRate, loud, audioParams(task.document));
  task.onProgress?.(1);
}

/** A payload needs at least one whole block, of something that is not silence. */
function assertLongEnough(seconds: number, loud: boolean, params: AudioParams): void {
  const block = (params.layout.slots * params.layout.slot_us) / 1_000_000;
  if (!loud) throw new WatermarkError('MEDIA_TOO_SMALL', 'The content is silent from beginning to end.');
  if (seconds >= block) return;
  throw new WatermarkError(
    'MEDIA_TOO_SMALL',
    `The content lasts ${seconds.toFixed(1)} s; a payload needs at least ${block.toFixed(1)} s.`,
  );
}

async function detect(task: WatermarkTask): Promise<Detection> {
  const { document, key, signal } = task;
  const params = audioParams(document);
  key.assertCommitted(document.key_commitment);
  return await withContentFile(task.content, async (path) => {
    const probe = await probeMedia(path, stoppable(signal));
    const nothing = nothingFound(params, params.payload_bits, BigInt(params.hypotheses));
    const { sampleRate } = soundOf(probe);
    if (sampleRate < LEAST_RATE) return nothing;
    const reader = new AudioReader(audioQuestion(key, document.scheme_id, params), sampleRate);
    const progress = progressOf(probe, task);
    let samples = 0;
    try {
      for await (const { channels } of readSound(probe, signal)) {
        await reader.push(channels);
        samples += channels[0].length;
        progress(samples);
      }
      const { judgement, local } = await reader.end();
      task.onProgress?.(1);
      return judgement === undefined ? nothing : detectionOfCode(judgement, local, params);
    } finally {
      await reader.close();
    }
  });
}

function soundOf(probe: MediaProbe): AudioStream {
  if (probe.audio !== undefined) return probe.audio;
  throw new WatermarkError('MEDIA_UNSUPPORTED', 'The content has no sound.');
}

/** Reports the part of the declared length that is done; a file that declares none has no progress but its end. */
function progressOf({ seconds, audio }: MediaProbe, task: WatermarkTask): (samples: number) => void {
  const all = (seconds ?? 0) * (audio?.sampleRate ?? 0);
  return (samples) => {
    if (task.signal?.aborted === true) throw new WatermarkError('ABORTED', 'The work was stopped.');
    if (all > 0) task.onProgress?.(Math.min(0.99, samples / all));
  };
}

function stoppable(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function hundredths(decibels: number): number {
  return Math.round(decibels * 100) / 100;
}
