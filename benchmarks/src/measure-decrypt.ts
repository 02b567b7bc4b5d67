import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import {
  ContainerFile,
  ContainerReader,
  type ContainerSource,
  generateContentKey,
  protectFile,
} from '@maker-registry/guard';
import { CACHED_BYTES, DECRYPT_BYTES, DECRYPT_RUNS } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { median } from './statistics';

const GIGA = 1e9;
const MEBIBYTE = 1024 * 1024;
/** Any artifact: the measurement needs no ledger. */
const ARTIFACT = 'ab'.repeat(32);

/** One way of decrypting, with the rates of its runs. */
interface Contestant {
  readonly what: string;
  readonly rate: () => Promise<number>;
  readonly rates: number[];
}

/**
 * Decrypts beside OpenSSL's own loop, in turn; rates are per CPU second. OpenSSL's loop stays in the cache, so a small
 * container decrypted again and again compares the ciphers; the large ones show what memory and file add.
 */
export async function guardDecrypt(report: Report): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'decrypt-'));
  const small = await protectedFile(folder, CACHED_BYTES);
  const large = await protectedFile(folder, DECRYPT_BYTES);
  const contestants: Contestant[] = [
    { what: '`openssl speed -decrypt -evp aes-256-gcm`, 128 KiB blocks', rate: opensslRate, rates: [] },
    contestant(`guard: ${CACHED_BYTES / MEBIBYTE} MiB container in the cache`, small, small.memory),
    contestant(`guard: ${DECRYPT_BYTES / MEBIBYTE} MiB container in memory`, large, large.memory),
    contestant(`guard: ${DECRYPT_BYTES / MEBIBYTE} MiB container from a cached file`, large, large.file),
  ];
  try {
    for (let run = 0; run < DECRYPT_RUNS; run += 1) {
      for (const one of contestants) one.rates.push(await one.rate());
      report(
        `run ${run + 1} of ${DECRYPT_RUNS}: ${contestants.map(({ rates }) => gigabytes(rates[run])).join(' / ')} GB/s`,
      );
    }
  } finally {
    await Promise.all([small.file.close(), large.file.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
  const openssl = contestants[0]?.rates ?? [];
  return table(
    ['what', 'GB a CPU second (median)', 'against OpenSSL, paired runs'],
    contestants.map(({ what, rates }) => [
      what,
      gigabytes(median(rates)),
      `${paired(rates, openssl).toFixed(2)}×`,
    ]),
  );
}

function paired(rates: readonly number[], base: readonly number[]): number {
  return median(rates.map((rate, run) => rate / (base[run] ?? Number.NaN)));
}

interface ProtectedBytes {
  readonly key: Uint8Array;
  readonly commitment: string;
  readonly file: ContainerFile;
  readonly memory: ContainerSource;
  readonly size: number;
}

async function protectedFile(folder: string, size: number): Promise<ProtectedBytes> {
  const plain = join(folder, `plain-${size}`);
  await writeRandom(plain, size);
  const key = generateContentKey();
  const path = `${plain}.mrg`;
  const { commitment } = await protectFile(plain, path, key, { artifactId: ARTIFACT, keyVersion: 1 });
  const file = await ContainerFile.open(path);
  const { parsed } = file;
  const bytes = readFileSync(path).subarray(parsed.bodyOffset);
  return {
    key,
    commitment,
    file,
    size,
    memory: { parsed, body: (start, end) => bytes.subarray(start, end) },
  };
}

function contestant(what: string, bytes: ProtectedBytes, source: ContainerSource): Contestant {
  return { what, rate: () => guardRate(bytes, source), rates: [] };
}

/** Bytes per CPU second; small containers are decrypted as often as makes up the size of the large one. */
async function guardRate(
  { key, commitment, size }: ProtectedBytes,
  source: ContainerSource,
): Promise<number> {
  const reader = new ContainerReader(source, key, commitment);
  const before = process.cpuUsage();
  let bytes = 0;
  while (bytes < DECRYPT_BYTES) await reader.decryptAll((plaintext) => (bytes += plaintext.length));
  const used = process.cpuUsage(before);
  if (bytes % size !== 0) throw new Error(`Decrypted ${bytes} bytes, not a multiple of ${size}`);
  return bytes / ((used.user + used.system) / 1e6);
}

/** OpenSSL reports thousands of bytes per second of its own CPU time. */
function opensslRate(): Promise<number> {
  const args = ['speed', '-seconds', '1', '-bytes', '131072', '-decrypt', '-evp', 'aes-256-gcm'];
  const output = execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const rate = /AES-256-GCM\s+([\d.]+)k/i.exec(output)?.[1];
  if (rate === undefined) throw new Error(`openssl speed printed no rate:\n${output}`);
  return Promise.resolve(Number(rate) * 1000);
}

async function writeRandom(path: string, bytes: number): Promise<void> {
  const stream = createWriteStream(path);
  for (let written = 0; written < bytes; written += MEBIBYTE) {
    if (!stream.write(randomBytes(Math.min(MEBIBYTE, bytes - written)))) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}

function gigabytes(rate = Number.NaN): string {
  return (rate / GIGA).toFixed(2);
}
