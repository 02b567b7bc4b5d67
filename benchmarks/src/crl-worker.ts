/** One build of CRLs in a process of its own, so that its memory is its own: crl-worker FOLDER COUNT ENTRIES ORDER. */
import { createHash, randomBytes } from 'node:crypto';
import { assembleCrl, buildTbsCrl, type CrlContent, parseCrl, RevocationTable } from '@maker-registry/pki';
import { softHsmSigner } from './softhsm-signer';

/** What a run cost; memory is the process's highest, Node's own 45 MB included. */
export interface CrlRun {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly rssMegabytes: number;
  readonly bytes: number;
  /** Of the last CRL: parsing all of it, and look-ups a second. */
  readonly parseMilliseconds: number;
  readonly lookups: number;
}

const HEX_OF_SERIAL = 32;
const THIS_UPDATE = 1_790_000_000;
const REASONS = ['keyCompromise', 'superseded', 'cessationOfOperation', 'privilegeWithdrawn'] as const;
/** O=op1. */
const ISSUER = Buffer.from('300e310c300a060355040a0c036f7031', 'hex');
const LOOKUPS = 100_000;
const MICRO = 1000;
const YEAR_S = 31_536_000;

function serials(entries: number, sorted: boolean): string {
  const bytes = randomBytes((entries * HEX_OF_SERIAL) / 2);
  for (let i = 0; i < entries; i += 1) {
    const at = (i * HEX_OF_SERIAL) / 2;
    if (sorted) bytes.writeUInt32BE(0x10000000 + i, at);
    else bytes[at] = ((bytes[at] ?? 0) & 0x7f) | 1;
  }
  return bytes.toString('hex');
}

const [, , folder = '', countText = '1', entriesText = '1', order = 'random'] = process.argv;
const count = Number(countText);
const entries = Number(entriesText);
const sign = softHsmSigner(folder);
const hex = serials(entries, order === 'sorted');
const started = process.cpuUsage();
const since = performance.now();
let crl: Uint8Array = new Uint8Array();
for (let shard = 0; shard < count; shard += 1) {
  const revoked = new RevocationTable(entries);
  for (let i = 0; i < entries; i += 1) {
    revoked.add({
      serial: hex.slice(i * HEX_OF_SERIAL, (i + 1) * HEX_OF_SERIAL),
      revokedAt: THIS_UPDATE - ((i * 7919) % YEAR_S),
      reason: REASONS[i % REASONS.length] ?? 'superseded',
    });
  }
  const content: CrlContent = {
    issuer: ISSUER,
    authorityKeyIdentifier: Buffer.alloc(20, 1),
    thisUpdate: THIS_UPDATE,
    nextUpdate: THIS_UPDATE + 86_400,
    number: 7n,
    revoked,
    ...(count > 1 ? { distributionPoint: `http://crl.example.com/${shard}` } : {}),
  };
  const tbs = buildTbsCrl(content);
  crl = assembleCrl(tbs, sign(createHash('sha256').update(tbs).digest()));
}
const milliseconds = performance.now() - since;
const { user, system } = process.cpuUsage(started);
const rssMegabytes = process.resourceUsage().maxRSS / MICRO;
const beforeParse = performance.now();
const parsed = parseCrl(crl);
const parseMilliseconds = performance.now() - beforeParse;
const beforeLookups = performance.now();
let found = 0;
for (let i = 0; i < LOOKUPS; i += 1) {
  const at = ((i * 7919) % entries) * HEX_OF_SERIAL;
  if (parsed.find(hex.slice(at, at + HEX_OF_SERIAL)) !== undefined) found += 1;
}
if (found !== LOOKUPS || parsed.entryCount !== entries)
  throw new Error('The CRL does not hold what was put in.');
const run: CrlRun = {
  milliseconds,
  cpuMilliseconds: (user + system) / MICRO,
  rssMegabytes,
  bytes: crl.length,
  parseMilliseconds,
  lookups: LOOKUPS / ((performance.now() - beforeLookups) / MICRO),
};
process.stdout.write(`${JSON.stringify(run)}\n`);
