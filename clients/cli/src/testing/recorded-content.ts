import {
  modelReference,
  type ParamsDocument,
  type RecordClaim,
  recordAttestation,
  schemeCommitment,
  schemeReference,
} from '@maker-registry/protocol';
import { NETWORK } from './gateway';
import { runRegistry } from './run-registry';
import { type Workplace } from './workplace';

const OWNER = 'ee'.repeat(32);
const STAMP = { tx_id: '0'.repeat(64), at: 1_790_000_000 };
export const MODEL = modelReference(OWNER, 'painter');

/** A bundle with the record of a marked file, as the ledger would have it: signed by a model's key made here. */
export async function recordedContent(
  work: Workplace,
  {
    file,
    document,
    nonce,
  }: { readonly file: string; readonly document: ParamsDocument; readonly nonce: string },
): Promise<string> {
  const { scheme_id: schemeId, detector_spec: spec } = document;
  const schemeRef = schemeReference(MODEL, schemeId);
  const commitment = schemeCommitment({ ref_type: 0, ref_bytes: MODEL }, schemeId, { ...document });
  const publicKey = await work.modelKey('model.key');
  const given = ['--model', MODEL, '--scheme', schemeRef, '--attestation-key', work.at('model.key')];
  const claim = (await runRegistry('record', 'sign', file, '--nonce', nonce, ...given))
    .out as unknown as RecordClaim;
  return work.file('bundle.json', {
    ...{ format: 'maker-registry-bundle/v1', network: NETWORK, height: 7, policies: [] },
    records: [
      {
        ...{ ...claim, payload_digest: recordAttestation(claim).digest, key_version: 1 },
        ...{ scheme_commitment: commitment, recorder: OWNER, annotations: [], recorded: STAMP },
      },
    ],
    models: [
      {
        ...{ model_ref: MODEL, owner: OWNER, model_id: 'painter', model_version: '1', risk_class: 'low' },
        keys: [{ version: 1, alg: 'ed25519', public_key: publicKey, status: 'current', since: STAMP }],
        flags: { updatable: true, frozen: false, disabled: false },
        ...{ recorders: [], version: 1, registered: STAMP, updated: STAMP },
      },
    ],
    schemes: [
      {
        ...{
          scheme_ref: schemeRef,
          model_ref: MODEL,
          scheme_id: schemeId,
          params_uri: 'https://example.org/p',
        },
        ...{ params_size: 300, scheme_commitment: commitment },
        ...{ detector: { name: spec.name, version: spec.version }, status: 'active', version: 1 },
        ...{ registered: STAMP, updated: STAMP },
      },
    ],
    content_index: { [claim.content_hash]: MODEL },
    params: { [commitment]: document },
  });
}
