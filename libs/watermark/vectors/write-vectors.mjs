#!/usr/bin/env node
/**
 * Writes the document, the digest of the content and the evidence into vectors, after a build (`npx tsc -b libs/watermark`):
 *
 *   node libs/watermark/vectors/write-vectors.mjs              all of them
 *   node libs/watermark/vectors/write-vectors.mjs weights      those of one medium, or one by its name
 *
 *   node libs/watermark/vectors/write-vectors.mjs image --make  and makes the content anew first, where the vector says how
 *
 * `made` says how: `{"from": "unmarked.png", "payload": "8f3a…", "attack": "crop-keep-50"}`, the attack being optional.
 * A new vector starts as a file with description, scheme (a file of schemes/), key (hex) and content (a file beside it).
 * `"frozen": true` keeps a document that differs from the ready-made one. Evidence that changed is a change of the scheme:
 * it needs a new version once documents of the old one are registered.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { attacksOn, schemeOf, WatermarkKey } from '../dist/index.js';
import { contentDigest, readVectors, vectorEvidence } from '../dist/testing/test-vectors.js';

const [wanted = '', flag] = process.argv.slice(2);
const schemes = join(import.meta.dirname, '..', 'schemes');

async function makeContent({ vector, folder }) {
  const { document, made } = vector;
  const scheme = schemeOf(document);
  const key = new WatermarkKey(Buffer.from(vector.key, 'hex'));
  const output = join(folder, vector.content);
  const payload = Buffer.from(made.payload, 'hex');
  console.log(await scheme.embed({ document, key, payload, content: { path: join(folder, made.from) }, output }));
  if (made.attack === undefined) return;
  const attack = attacksOn(scheme.medium).find(({ name }) => name === made.attack);
  const marked = join(folder, `.marked${extname(output)}`);
  renameSync(output, marked);
  await attack.apply(marked, output);
  rmSync(marked);
}

for (const named of readVectors().filter(({ name }) => `${name}/`.startsWith(wanted))) {
  const { vector, folder, name } = named;
  if (vector.frozen !== true)
    vector.document = JSON.parse(readFileSync(join(schemes, vector.scheme), 'utf8'));
  // Measured figures are no parameter of detection, and they change with every measurement.
  delete vector.document.params?.robustness;
  if (flag === '--make' && vector.made !== undefined) await makeContent(named);
  vector.content_sha256 = contentDigest(named);
  const before = JSON.stringify(vector.evidence);
  vector.evidence = JSON.parse(await vectorEvidence(named));
  const { description, scheme, frozen, made, document, key, content, content_sha256, evidence } = vector;
  const written = { description, scheme, frozen, made, document, key, content, content_sha256, evidence };
  const path = join(folder, `${name.split('/')[1]}.json`);
  writeFileSync(
    path,
    await format(JSON.stringify(written), { ...(await resolveConfig(path)), filepath: path }),
  );
  console.log(`${name}: ${before === JSON.stringify(evidence) ? 'as before' : 'written'}`);
}
