import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonValue, type ParamsDocument } from '@maker-registry/protocol';
import { AUDIO_SCHEME } from '../audio/audio-scheme';
import { WatermarkError } from '../errors/watermark-error';
import { type MediaProbe, probeMedia } from '../media/media-probe';
import { type EmbedTask, type LocalEvidence, type WatermarkTask } from '../scheme/watermark-scheme';
import { videoParams } from './video-params';

/** The sound's own scheme document: the member `audio` of the video's parameters, under the same name and key. */
function soundDocument(document: ParamsDocument): ParamsDocument | undefined {
  const { audio } = videoParams(document);
  if (audio === undefined) return undefined;
  return {
    ...document,
    detector_spec: { ...document.detector_spec, name: AUDIO_SCHEME.name, version: AUDIO_SCHEME.version },
    params: audio as unknown as Readonly<Record<string, JsonValue>>,
  };
}

/** The leading bits of the payload, as many as the sound carries. */
function leadingBits(payload: Uint8Array, bits: number): Uint8Array {
  const leading = payload.slice(0, (bits + 7) >> 3);
  const spare = leading.length * 8 - bits;
  leading[leading.length - 1] &= 0xff << spare;
  return leading;
}

/**
 * Runs `work` with the sound that goes along with the marked pictures: the marked one where the document names a scheme for
 * it, else the original. Sound that is silent or too short to carry the payload goes along as it is: the pictures carry it.
 */
export async function withMarkedSound<T>(
  task: EmbedTask,
  probe: MediaProbe,
  work: (sound: MediaProbe, soundBits: number) => Promise<T>,
): Promise<T> {
  const document = soundDocument(task.document);
  if (document === undefined || probe.audio === undefined) return work(probe, 0);
  const bits = AUDIO_SCHEME.payloadBits(document);
  const { key, signal } = task;
  const folder = await mkdtemp(join(tmpdir(), 'watermark-'));
  try {
    const output = join(folder, 'sound.flac');
    const payload = leadingBits(task.payload, bits);
    const content = { path: probe.path };
    const stoppable = signal === undefined ? {} : { signal };
    const marked = await AUDIO_SCHEME.embed?.({
      document,
      key,
      payload,
      output,
      content,
      ...stoppable,
    }).catch(unlessTooSmall);
    return marked === undefined
      ? await work(probe, 0)
      : await work(await probeMedia(output, { signal }), bits);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unlessTooSmall(error: unknown): undefined {
  if (error instanceof WatermarkError && error.code === 'MEDIA_TOO_SMALL') return undefined;
  throw error;
}

/** Places that the sound is looked at in, at most: its windows, and the whole of it. */
export function soundPlaces(document: ParamsDocument): number {
  const sound = soundDocument(document);
  return sound === undefined ? 0 : 1 + (AUDIO_SCHEME.placesSearched?.(sound) ?? 0);
}

/** Sound that cannot be read says nothing. */
const UNREAD = new Set<string>(['MEDIA_UNREADABLE', 'MEDIA_UNSUPPORTED', 'MEDIA_TOO_LARGE']);

/**
 * What the sound says for itself: its own exact p-values, in places that begin with `audio`; nothing where it cannot be read.
 * Whoever adds a broken track shall not keep the pictures from being judged.
 */
export async function soundEvidence(task: WatermarkTask, probe: MediaProbe): Promise<LocalEvidence[]> {
  const document = soundDocument(task.document);
  if (document === undefined || probe.audio === undefined) return [];
  const { key, signal } = task;
  const found = await AUDIO_SCHEME.detect({
    document,
    key,
    content: { path: probe.path },
    ...(signal === undefined ? {} : { signal }),
  }).catch(unlessUnread);
  if (found === undefined) return [];
  const whole = { place: 'audio', confidence: found.confidence, p_value: found.p_value };
  return [whole, ...found.local.map((local) => ({ ...local, place: `audio ${local.place}` }))];
}

function unlessUnread(error: unknown): undefined {
  if (error instanceof WatermarkError && UNREAD.has(error.code)) return undefined;
  throw error;
}
