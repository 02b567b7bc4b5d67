import { createHash } from 'node:crypto';

const SHA1 = 0x0004;
const SHA256 = 0x000b;
const SIZES: Readonly<Record<number, number>> = { [SHA1]: 20, [SHA256]: 32 };

/** An event as a test states it; `digest` covers `data` unless given. */
export interface StatedEvent {
  readonly pcr: number;
  readonly type: number;
  readonly data?: Uint8Array;
  readonly digest?: Uint8Array;
}

export const EV = { noAction: 3, separator: 4, action: 5, ipl: 13 } as const;
export const SEPARATOR = Buffer.alloc(4);

export function le16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function le32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** TCG_EfiSpecIDEvent in its TCG_PCR_EVENT. */
export function heading(
  algorithms: readonly number[] = [SHA1, SHA256],
  signature = 'Spec ID Event03\0',
): Buffer {
  const data = Buffer.concat([
    Buffer.from(signature, 'latin1'),
    Buffer.of(0, 0, 0, 0, 0, 2, 105, 2),
    le32(algorithms.length),
    ...algorithms.map((id) => Buffer.concat([le16(id), le16(SIZES[id] ?? 0)])),
    Buffer.of(0),
  ]);
  return Buffer.concat([le32(0), le32(EV.noAction), Buffer.alloc(20), le32(data.length), data]);
}

/** TCG_PCR_EVENT2. */
export function event(
  { pcr, type, data = SEPARATOR, digest }: StatedEvent,
  algorithms: readonly number[] = [SHA1, SHA256],
): Buffer {
  const digests = algorithms.map((id) => {
    const name = id === SHA1 ? 'sha1' : 'sha256';
    const value = id === SHA256 && digest !== undefined ? digest : createHash(name).update(data).digest();
    return Buffer.concat([le16(id), value]);
  });
  return Buffer.concat([le32(pcr), le32(type), le32(digests.length), ...digests, le32(data.length), data]);
}

export function log(...events: readonly StatedEvent[]): Buffer {
  return Buffer.concat([heading(), ...events.map((one) => event(one))]);
}

/** StartupLocality, which extends nothing. */
export function startupLocality(locality: number): StatedEvent {
  const data = Buffer.concat([Buffer.from('StartupLocality\0', 'latin1'), Buffer.of(locality)]);
  return { pcr: 0, type: EV.noAction, data, digest: Buffer.alloc(32) };
}

/** The value of a PCR after these digests, computed the plain way. */
export function extended(start: Uint8Array, ...digests: readonly Uint8Array[]): Buffer {
  return digests.reduce<Buffer>(
    (value, digest) => createHash('sha256').update(value).update(digest).digest(),
    Buffer.from(start),
  );
}

export function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
