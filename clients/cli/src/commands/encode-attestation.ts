import { attestationDigest, encodeAttestation, parseClaimDocument, toHex } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';

export const encodeAttestationCommand: CliCommand = {
  name: 'encode attestation',
  summary: 'Show the bytes that a model signs for a claim, and their digest.',
  help: `registry encode attestation --in FILE

FILE is a claim: JSON with domain_tag, schema_version, model_ref, scheme_ref, content_hash, parent_hash, timestamp, nonce,
context_hash_present and perhaps context_hash; - reads standard input. Needs no gateway.

Example: registry encode attestation --in claim.json`,
  options: { in: 'text' },
  run: async ({ given }) => {
    const payload = encodeAttestation(parseClaimDocument(await readInput(required(given, 'in'))));
    return { payload_bytes_hex: toHex(payload), digest_hex: attestationDigest(payload) };
  },
};
