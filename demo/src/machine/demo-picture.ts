import { createHash, randomBytes } from 'node:crypto';
import { type DetectorOutcome } from '@maker-registry/protocol';
import { type Detector } from '@maker-registry/verifier';

/**
 * A toy scheme for the demonstration, and nothing more: the payload stands in the lowest bits of a picture's first
 * samples. It shows how an embedder and a detector meet through a scheme document; any re-encoding removes it.
 */
const SIDE = 64;
const PAYLOAD_BITS = 64;
/** Bits of a checksum behind the payload, by which a picture without the mark is told apart. */
const CHECK_BITS = 32;
const MARK_BITS = PAYLOAD_BITS + CHECK_BITS;
const BITS_PER_BYTE = 8;
const HEADER = Buffer.from(`P5\n${SIDE} ${SIDE}\n255\n`, 'latin1');

/** The scheme's parameter document; its commitment goes to the ledger. */
export const DEMO_SCHEME = {
  scheme_id: 'demo-lsb-v1',
  detector_spec: { name: 'demo-lsb', version: '1.0.0', output: '1 where the checksum holds, else 0' },
  params: { payload_bits: PAYLOAD_BITS, check_bits: CHECK_BITS },
  key_commitment: '00'.repeat(32),
  compatibility: { media_types: ['image/x-portable-graymap'], preprocessing: 'none' },
};

function checkOf(payload: Uint8Array): Buffer {
  return createHash('sha256')
    .update('demo-lsb')
    .update(payload)
    .digest()
    .subarray(0, CHECK_BITS / BITS_PER_BYTE);
}

/** A picture (binary PGM) that carries the leading 64 bits of a record's nonce. */
export function demoPicture(nonce: string): Buffer {
  const samples = randomBytes(SIDE * SIDE);
  const payload = Buffer.from(nonce, 'hex').subarray(0, PAYLOAD_BITS / BITS_PER_BYTE);
  const mark = Buffer.concat([payload, checkOf(payload)]);
  for (let bit = 0; bit < MARK_BITS; bit += 1) {
    const value =
      ((mark[Math.floor(bit / BITS_PER_BYTE)] ?? 0) >> (BITS_PER_BYTE - 1 - (bit % BITS_PER_BYTE))) & 1;
    samples[bit] = ((samples[bit] ?? 0) & 0xfe) | value;
  }
  return Buffer.concat([HEADER, samples]);
}

/** The detector that the scheme document names. */
export const demoDetector: Detector = {
  name: DEMO_SCHEME.detector_spec.name,
  version: DEMO_SCHEME.detector_spec.version,
  detect: (content) => detect(content),
};

function detect(content: Uint8Array): DetectorOutcome {
  const mark = Buffer.alloc(MARK_BITS / BITS_PER_BYTE);
  for (let bit = 0; bit < MARK_BITS; bit += 1) {
    const value = (content[HEADER.length + bit] ?? 0) & 1;
    const at = Math.floor(bit / BITS_PER_BYTE);
    mark[at] = (mark[at] ?? 0) | (value << (BITS_PER_BYTE - 1 - (bit % BITS_PER_BYTE)));
  }
  const payload = mark.subarray(0, PAYLOAD_BITS / BITS_PER_BYTE);
  if (!checkOf(payload).equals(mark.subarray(PAYLOAD_BITS / BITS_PER_BYTE))) {
    return { decision: 'not-detected', confidence: '0' };
  }
  return {
    decision: 'detected',
    payload: payload.toString('hex'),
    payload_bits: PAYLOAD_BITS,
    confidence: '1',
    // 2^-32, the chance that a checksum holds by accident.
    p_value: '0.00000000023283064365386962890625',
  };
}
