import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { bundleDigest, digestOfPackageId } from './package';

/**
 * Starts an operator's chaincode service, but only with the code its package stands for. An attacker (or a mistake) that
 * replaces the bundle on one operator's machine gets no service instead of silently different endorsements. The bytes
 * that were hashed are the bytes that run: the file is read once.
 *
 * Usage: node launcher.js BUNDLE STATUS_FILE, with CHAINCODE_ID and the rest of the service's settings in the environment.
 */
export function launch(bundleFile: string, statusFile: string, packageId: string): void {
  const file = resolve(bundleFile);
  const source = readFileSync(file);
  const digest = bundleDigest(source);
  const expected = digestOfPackageId(packageId);
  if (digest !== expected) {
    writeStatus(statusFile, { package_id: packageId, bundle_sha256: digest, refused: true });
    throw new Error(
      `The bundle ${file} has digest ${digest}, the package asks for ${expected ?? 'none'}. Run make rebuild-chaincode.`,
    );
  }
  writeStatus(statusFile, { package_id: packageId, bundle_sha256: digest, refused: false });
  const load = compileFunction(
    source.toString('utf8'),
    ['exports', 'require', 'module', '__filename', '__dirname'],
    { filename: file },
  );
  const loaded = { exports: {} };
  load.call(loaded.exports, loaded.exports, createRequire(file), loaded, file, dirname(file));
}

function writeStatus(file: string, status: object): void {
  writeFileSync(
    `${file}.new`,
    `${JSON.stringify({ ...status, pid: process.pid, at: new Date().toISOString() })}\n`,
  );
  renameSync(`${file}.new`, file);
}
