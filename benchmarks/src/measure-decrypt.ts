import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ContainerFile, ContainerReader, generateContentKey, protectFile } from '@maker-registry/guard';
import { DECRYPT_BYTES, DECRYPT_RUNS } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { median } from './statistics';

const GIGA = 1e9;
const MEBIBYTE = 1024 * 1024;
/** Any artifact: the measurement needs no ledger. */
const ARTIFACT = 'ab'.repeat(32);

/** Decrypts a container from the page cache and compares the rate with OpenSSL's own loop, both per CPU second. */
export async function guardDecrypt(report: Report): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'decrypt-'));
  try {
    const plain = join(folder, 'plain');
    await writeRandom(plain, DECRYPT_BYTES);
    const key = generateContentKey();
    const container = join(folder, 'artifact.mrg');
    const made = await protectFile(plain, container, key, { artifactId: ARTIFACT, keyVersion: 1 });
    const guard: number[] = [];
    const openssl: number[] = [];
    for (let run = 0; run < DECRYPT_RUNS; run += 1) {
      openssl.push(opensslRate());
      guard.push(await guardRate(container, key, made.commitment));
      report(`run ${run + 1}: guard ${gigabytes(guard[run])} GB/s, openssl ${gigabytes(openssl[run])} GB/s`);
    }
    const ratio = median(guard.map((rate, run) => rate / (openssl[run] ?? Number.NaN)));
    return table(
      ['what', 'GB a CPU second (median)', 'against OpenSSL'],
      [
        ['`openssl speed -evp aes-256-gcm` (128 KiB blocks)', gigabytes(median(openssl)), '1.00×'],
        [
          `guard: ${DECRYPT_BYTES / MEBIBYTE} MiB container from file, authenticated`,
          gigabytes(median(guard)),
          `${ratio.toFixed(2)}×`,
        ],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function guardRate(path: string, key: Uint8Array, commitment: string): Promise<number> {
  const file = await ContainerFile.open(path);
  try {
    const reader = new ContainerReader(file, key, commitment);
    const before = process.cpuUsage();
    let bytes = 0;
    await reader.decryptAll((plaintext) => (bytes += plaintext.length));
    const used = process.cpuUsage(before);
    if (bytes !== DECRYPT_BYTES) throw new Error(`Decrypted ${bytes} bytes instead of ${DECRYPT_BYTES}`);
    return bytes / ((used.user + used.system) / 1e6);
  } finally {
    await file.close();
  }
}

/** OpenSSL reports thousands of bytes per second of its own CPU time. */
function opensslRate(): number {
  const args = ['speed', '-seconds', '1', '-bytes', '131072', '-decrypt', '-evp', 'aes-256-gcm'];
  const output = execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const rate = /AES-256-GCM\s+([\d.]+)k/i.exec(output)?.[1];
  if (rate === undefined) throw new Error(`openssl speed printed no rate:\n${output}`);
  return Number(rate) * 1000;
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
