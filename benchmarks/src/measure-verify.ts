import {
  fromHex,
  idReference,
  modelReference,
  recordAttestation,
  schemeCommitment,
  schemeReference,
  verifyAttestation,
  type GenerationRecord,
  type Model,
  type Scheme,
} from '@maker-registry/protocol';
import { generateAttestationKey, newClaim, signClaim } from '@maker-registry/sdk';
import { bundleSource, verify } from '@maker-registry/verifier';
import { VERIFY_CHECKS, VERIFY_RUNS } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { median } from './statistics';

const NETWORK = 'ab'.repeat(32);
const OWNER = 'cd'.repeat(32);
const MODEL_ID = 'bench';
const MODEL = modelReference(OWNER, MODEL_ID);
const SCHEME_ID = 'bench-v1';
const STAMP = { tx_id: 'ef'.repeat(32), at: 1_700_000_000 };
const PARAMS = {
  scheme_id: SCHEME_ID,
  detector_spec: { name: 'bench', version: '1.0.0', output: 'payload' },
  params: { strength: 3, bands: [1, 2, 3, 4, 5, 6, 7, 8] },
  key_commitment: '00'.repeat(32),
  compatibility: { media_types: ['image/png'], preprocessing: 'none' },
};

/** Verifying a claim offline, without detection, against the signature check that it contains. Needs no network. */
export async function offlineVerification(report: Report): Promise<string[]> {
  const { record, model, bundle } = await facts();
  const source = bundleSource(Buffer.from(bundle), 'bench');
  const subject = { kind: 'record' as const, modelRef: MODEL, contentHash: record.content_hash };
  const params = JSON.stringify(PARAMS);
  const whole = async () =>
    (await verify(subject, { source, at: STAMP.at, params })).evidence.signature_verified;
  const bare = () => Promise.resolve(checkSignature(record, model));
  if (!(await whole()) || !(await bare())) throw new Error('The record does not verify');
  const rates: { whole: number; bare: number }[] = [];
  for (let run = 0; run <= VERIFY_RUNS; run += 1) {
    const pair = { whole: await rate(whole), bare: await rate(bare) };
    report(
      `${pair.whole.toFixed(0)} verifications and ${pair.bare.toFixed(0)} signature checks a CPU second`,
    );
    // The first pair warms the code up and does not count.
    if (run > 0) rates.push(pair);
  }
  const ratios = rates.map((pair) => pair.whole / pair.bare);
  const range = `${median(ratios).toFixed(2)}× (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`;
  return table(
    ['what', 'a CPU second (median)', 'against the bare check, paired runs'],
    [
      [
        'Ed25519 signature check of a rebuilt attestation',
        median(rates.map((pair) => pair.bare)).toFixed(0),
        '1.00×',
      ],
      [
        'offline verification of a claim, all checks but detection',
        median(rates.map((pair) => pair.whole)).toFixed(0),
        range,
      ],
    ],
  );
}

function checkSignature(record: GenerationRecord, model: Model): boolean {
  const [key] = model.keys;
  return (
    key !== undefined &&
    verifyAttestation({
      alg: key.alg,
      publicKey: key.public_key,
      payload: recordAttestation(record).payload,
      signature: fromHex(record.signature),
    }).valid
  );
}

async function rate(check: () => Promise<boolean>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < VERIFY_CHECKS; n += 1) await check();
  const { user, system } = process.cpuUsage(before);
  return (VERIFY_CHECKS * 1_000_000) / (user + system);
}

/** A record with its model and scheme as a ledger would hold them. */
async function facts(): Promise<{ record: GenerationRecord; model: Model; bundle: string }> {
  const key = generateAttestationKey();
  const schemeRef = schemeReference(MODEL, SCHEME_ID);
  const commitment = schemeCommitment(idReference(MODEL), SCHEME_ID, PARAMS);
  const subject = { modelRef: MODEL, schemeRef, contentHash: '12'.repeat(32) };
  const claim = await signClaim(newClaim({ ...subject, nowMs: STAMP.at * 1_000 }), key);
  const record: GenerationRecord = {
    ...claim,
    payload_digest: recordAttestation(claim).digest,
    key_version: 1,
    scheme_commitment: commitment,
    recorder: OWNER,
    annotations: [],
    recorded: STAMP,
  };
  const model: Model = {
    model_ref: MODEL,
    owner: OWNER,
    model_id: MODEL_ID,
    model_version: '1',
    risk_class: 'low',
    keys: [{ version: 1, alg: key.alg, public_key: key.publicKey, status: 'current', since: STAMP }],
    flags: { updatable: true, frozen: false, disabled: false },
    recorders: [],
    version: 1,
    registered: STAMP,
    updated: STAMP,
  };
  const scheme: Scheme = {
    scheme_ref: schemeRef,
    model_ref: MODEL,
    scheme_id: SCHEME_ID,
    params_uri: 'https://schemes.example/bench-v1.json',
    params_size: JSON.stringify(PARAMS).length,
    scheme_commitment: commitment,
    detector: { name: 'bench', version: '1.0.0' },
    status: 'active',
    version: 1,
    registered: STAMP,
    updated: STAMP,
  };
  const bundle = JSON.stringify({
    format: 'maker-registry-bundle/v1',
    network: NETWORK,
    height: 1,
    records: [record],
    models: [model],
    schemes: [scheme],
    policies: [],
    content_index: { [record.content_hash]: MODEL },
  });
  return { record, model, bundle };
}
