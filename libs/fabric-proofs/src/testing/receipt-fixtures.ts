import { verifyWalk, type ConfigurationWalk } from '../receipts/configuration-walk';
import { parseReceipt } from '../receipts/receipt-format';
import { type ReceiptVerdict, verifyReceipt } from '../receipts/verify-receipt';

/** fixtures/receipts: receipts of a running development network. */
export interface RecordedReceipts {
  readonly genesisHash: string;
  /** A whole receipt. */
  readonly whole: Buffer;
  /** The walk that the cores go with. */
  readonly walk: ConfigurationWalk;
  readonly core: (name: string) => Buffer;
  readonly judge: (core: Uint8Array) => ReceiptVerdict;
}

/** @param read gives a file of the folder */
export function recordedReceipts(read: (name: string) => Buffer): RecordedReceipts {
  const genesisHash = read('genesis').toString('utf8').trim();
  const whole = read('valid.receipt');
  const walk = verifyWalk(parseReceipt(whole).configurations, genesisHash);
  return {
    genesisHash,
    whole,
    walk,
    core: (name) => read(`${name}.core`),
    judge: (core) => verifyReceipt(core, { genesisHash, walk }),
  };
}

/** The DER signature with its other, higher s: plain ECDSA takes both. */
export function highS(der: Uint8Array): Buffer {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const rEnd = 4 + (der[3] ?? 0);
  const s = BigInt(`0x${Buffer.from(der.subarray(rEnd + 2)).toString('hex')}`);
  const text = (order - s).toString(16).padStart(64, '0');
  const body = Buffer.from(/^[89a-f]/.test(text) ? `00${text}` : text, 'hex');
  const tail = Buffer.concat([der.subarray(2, rEnd), Buffer.from([0x02, body.length]), body]);
  return Buffer.concat([Buffer.from([0x30, tail.length]), tail]);
}

/** A copy with some bits of one byte flipped. */
export function flipped(bytes: Uint8Array, at: number, mask: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}
