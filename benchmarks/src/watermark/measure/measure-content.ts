import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type FileAttack, type Medium, WatermarkError } from '@maker-registry/watermark';
import { pictureQuality } from '../quality/picture-quality';
import { soundQuality } from '../quality/sound-quality';
import { videoQuality } from '../quality/video-quality';
import { type Contestant } from './contestant';
import { payloadBitsOf } from './our-contestant';

export interface MeasuredContent {
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly sha256: string;
}

/** One file that was looked at. `none` is the marked file itself. */
export interface Row {
  readonly attack: string;
  /** Bits of the payload that were read right; half where nothing was read, which is what guessing gives. */
  readonly bitAccuracy: number;
  readonly isExact: boolean;
  readonly isDetected: boolean;
  readonly log10_p?: number;
  /** As in Reading. */
  readonly isSoundFound?: boolean;
  readonly seconds: number;
  readonly wall: number;
  readonly error?: string;
}

export interface ContentResult {
  readonly id: string;
  readonly kind: string;
  readonly contestant: string;
  readonly payloadBits: number;
  /** Figures by name: psnr, ssim, snr, segmental_snr. */
  readonly quality: Readonly<Record<string, number>>;
  readonly embed?: { readonly seconds: number; readonly wall: number };
  /** Where the contestant refused to mark: every row counts as lost. */
  readonly refused?: string;
  readonly rows: readonly Row[];
  /** MiB, peak so far of the process that worked. */
  readonly memory: number;
}

/** Bits that must agree before a detector that decides nothing is counted as having detected. */
export type Needed = (payloadBits: number) => number;

/** Marks a content, attacks the marked file in each way, reads each. All files in between are removed. */
export async function measureContent(
  contestant: Contestant,
  content: MeasuredContent,
  attacks: readonly FileAttack[],
  needed: Needed,
): Promise<ContentResult> {
  const folder = await mkdtemp(join(tmpdir(), 'watermark-bench-'));
  const bits = payloadBitsOf(content.id, contestant.payloadBits);
  const { id, kind } = content;
  const result = { id, kind, contestant: contestant.name, payloadBits: contestant.payloadBits };
  try {
    const marked = join(folder, `marked${extname(content.path)}`);
    const embed = await contestant.embed(id, bits, content.path, marked);
    const quality = await qualityOf(contestant.medium, content.path, marked);
    const look = { contestant, id, bits, needed };
    const rows = [await rowOf(look, 'none', () => Promise.resolve(marked))];
    for (const attack of attacks) {
      const attacked = join(folder, `attacked${extname(content.path)}`);
      rows.push(
        await rowOf(look, attack.name, async () => {
          await attack.apply(marked, attacked);
          return attacked;
        }),
      );
    }
    return { ...result, quality, embed, rows, memory: contestant.memory() };
  } catch (error) {
    const rows = ['none', ...attacks.map(({ name }) => name)].map((attack) => lost(attack, 'not marked'));
    return { ...result, quality: {}, refused: reasonOf(error), rows, memory: contestant.memory() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Look {
  readonly contestant: Contestant;
  readonly id: string;
  readonly bits: string;
  readonly needed: Needed;
}

async function rowOf(look: Look, attack: string, make: () => Promise<string>): Promise<Row> {
  const { contestant, id, bits, needed } = look;
  try {
    const reading = await contestant.detect(id, await make());
    const right = agreeing(bits, reading.bits);
    return {
      attack,
      bitAccuracy: reading.bits === '' ? 0.5 : right / bits.length,
      isExact: reading.bits === bits && (contestant.decides ? reading.decision === 'detected' : true),
      isDetected: contestant.decides ? reading.decision === 'detected' : right >= needed(bits.length),
      ...(reading.log10_p === undefined ? {} : { log10_p: reading.log10_p }),
      ...(reading.isSoundFound === undefined ? {} : { isSoundFound: reading.isSoundFound }),
      ...{ seconds: reading.seconds, wall: reading.wall },
    };
  } catch (error) {
    return lost(attack, reasonOf(error));
  }
}

function lost(attack: string, error: string): Row {
  return { attack, bitAccuracy: 0.5, isExact: false, isDetected: false, seconds: 0, wall: 0, error };
}

function agreeing(a: string, b: string): number {
  let count = 0;
  for (let at = 0; at < a.length; at += 1) if (a[at] === b[at]) count += 1;
  return count;
}

async function qualityOf(
  medium: Medium,
  original: string,
  marked: string,
): Promise<Readonly<Record<string, number>>> {
  if (medium === 'image') return { ...(await pictureQuality(original, marked)) };
  if (medium === 'audio') return { ...(await soundQuality(original, marked)) };
  if (medium === 'video') return { ...(await videoQuality(original, marked)) };
  return {};
}

/** Refusals of ours begin with their code. */
function reasonOf(error: unknown): string {
  if (error instanceof WatermarkError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

const REFUSAL = /^[A-Z_]+: /;

/** Whether nothing failed but by a refusal of ours: what fails otherwise (a missing program, say) may go well next time. */
export function isLasting({ refused, rows }: ContentResult): boolean {
  if (refused !== undefined) return REFUSAL.test(refused);
  return rows.every(({ error }) => error === undefined || REFUSAL.test(error));
}
