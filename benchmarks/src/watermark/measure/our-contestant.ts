import { createHash } from 'node:crypto';
import { type LocalEvidence, type ReadyMade, WatermarkKey } from '@maker-registry/watermark';
import { FALSE_POSITIVE_RATE } from '../limits';
import { type Contestant, type Cost, type Reading } from './contestant';

/** One of our schemes with its ready-made document. Each content has its own key. */
export function ourContestant(ready: ReadyMade, codeHash: string): Contestant {
  const { document, scheme, name } = ready;
  const payloadBits = scheme.payloadBits(document);
  // What was measured last time is part of the document, and no part of what is measured.
  const measuredPart = { ...document, params: { ...document.params, robustness: null } };
  return {
    name,
    ...{ medium: scheme.medium, payloadBits, decides: true },
    fingerprint: createHash('sha256')
      .update(`${codeHash} ${JSON.stringify(measuredPart)}`)
      .digest('hex'),
    embed: async (id, bits, input, output) => {
      const { embed } = scheme;
      if (embed === undefined) throw new Error(`${name} marks nothing.`);
      const task = { document, key: keyOf(id), content: { path: input }, payload: bytesOf(bits), output };
      return (await timed(() => embed(task))).cost;
    },
    detect: async (id, input) => {
      const task = { document, key: keyOf(id), content: { path: input } };
      const { result, cost } = await timed(() => scheme.detect(task));
      const { decision, payload, log10_p, local } = result;
      const bits = payload === undefined ? '' : bitsOf(Buffer.from(payload, 'hex')).slice(0, payloadBits);
      const sound = 'audio' in document.params ? { isSoundFound: soundSays(local) } : {};
      return { ...{ decision, log10_p, bits }, ...sound, ...cost } satisfies Reading;
    },
    memory: () => process.resourceUsage().maxRSS / 1024,
    close: () => undefined,
  };
}

/** Whether the sound of a film, taken alone, carries the mark. */
function soundSays(local: readonly LocalEvidence[]): boolean {
  return local.some(({ place, p_value: p }) => place === 'audio' && Number(p) <= FALSE_POSITIVE_RATE);
}

export function keyOf(id: string): WatermarkKey {
  return new WatermarkKey(createHash('sha256').update(`benchmark key ${id}`).digest());
}

/** The payload of a content: different ones, the same in every run. */
export function payloadBitsOf(id: string, count: number): string {
  return bitsOf(createHash('sha512').update(`benchmark payload ${id}`).digest()).slice(0, count);
}

export function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
}

export function bytesOf(bits: string): Uint8Array {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
  return Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2));
}

async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cost: Cost }> {
  const before = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, cost: { seconds: (user + system) / 1e6, wall: (performance.now() - start) / 1000 } };
}
