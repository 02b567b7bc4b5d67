import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256 } from '../encoding/hash';
import { parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { actorId } from '../identifiers';
import { type SignatureAlgorithm } from '../signatures/algorithms';
import {
  assertAcceptableAttestationKey,
  verifyAttestation,
  verifyDigestSignature,
} from '../signatures/attestation-signature';
import { codeOf } from '../test-support/expect-code';
import {
  type AttestationClaim,
  attestationDigest,
  decodeAttestation,
  encodeAttestation,
} from './attestation';
import { parseClaimDocument } from './claim-document';
import { contextHash, policyCommitment, type PolicyTerms, schemeCommitment } from './commitments';
import { assertParamsDocument, parseParamsDocument } from './params-document';
import {
  decodeReference,
  encodeReference,
  modelReference,
  type Reference,
  schemeReference,
} from './reference';

interface Vector {
  readonly rule: string;
  readonly kind: string;
  readonly input: Readonly<Record<string, never>>;
  readonly output?: unknown;
  readonly code?: string;
}

/** A claim as JSON carries it: the timestamp is a decimal string. */
type JsonClaim = Omit<AttestationClaim, 'timestamp'> & { readonly timestamp: string };

const folder = join(__dirname, '..', '..', 'vectors');

function load(kind: 'valid' | 'invalid'): [string, Vector][] {
  return readdirSync(join(folder, kind))
    .filter((name) => name.endsWith('.json') && !name.startsWith('settlement-'))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(folder, kind, name), 'utf8')) as Vector]);
}

const toClaim = (claim: JsonClaim): AttestationClaim => ({ ...claim, timestamp: BigInt(claim.timestamp) });
const toJson = (claim: AttestationClaim): JsonClaim => ({ ...claim, timestamp: String(claim.timestamp) });

function attestation(input: JsonClaim): unknown {
  const payload = encodeAttestation(toClaim(input));
  expect(toJson(decodeAttestation(payload))).toEqual(input);
  return { payload: toHex(payload), digest: attestationDigest(payload) };
}

function decode({ payload }: { payload: string }): unknown {
  const claim = decodeAttestation(fromHex(payload));
  expect(toHex(encodeAttestation(claim))).toBe(payload);
  return toJson(claim);
}

function reference(input: Reference): unknown {
  const encoded = encodeReference(input);
  expect(decodeReference(encoded)).toEqual(input);
  return { encoded: toHex(encoded) };
}

interface IdInput {
  readonly alg: SignatureAlgorithm;
  readonly public_key?: string;
  readonly actor_id: string;
  readonly model_id?: string;
  readonly model_ref: string;
  readonly scheme_id: string;
}

function id(input: IdInput): unknown {
  if (input.public_key !== undefined) return { actor_id: actorId(input.alg, input.public_key) };
  if (input.model_id !== undefined) return { model_ref: modelReference(input.actor_id, input.model_id) };
  return { scheme_ref: schemeReference(input.model_ref, input.scheme_id) };
}

interface CommitmentInput {
  readonly model_ref: Reference;
  readonly scheme_id: string;
  readonly content_hash: string;
  readonly params_text: string;
  readonly terms_text: string;
}

function schemeVector({ model_ref, scheme_id, params_text }: CommitmentInput): unknown {
  return { commitment: schemeCommitment(model_ref, scheme_id, parseParamsDocument(params_text)) };
}

function policyVector({ model_ref, content_hash, terms_text }: CommitmentInput): unknown {
  const terms = parseStrictJson(terms_text) as unknown as PolicyTerms;
  return { commitment: policyCommitment(model_ref, content_hash, terms) };
}

function contextVector(input: { policy_commitment: string; context?: string }): unknown {
  const context = input.context === undefined ? undefined : fromHex(input.context);
  return { context_hash: contextHash(input.policy_commitment, context) };
}

function canonicalJson({ text, text_hex }: { text?: string; text_hex?: string }): unknown {
  return { canonical: canonicalize(parseStrictJson(text ?? fromHex(text_hex ?? ''))) };
}

interface SignatureInput {
  readonly alg: string;
  readonly public_key: string;
  readonly payload?: string;
  readonly digest?: string;
  readonly signature: string;
}

/** Both ways of asking must give one verdict. */
function signature({ alg, public_key, payload, digest, ...rest }: SignatureInput): unknown {
  const check = { alg, publicKey: public_key, signature: fromHex(rest.signature) };
  const bytes = payload === undefined ? undefined : fromHex(payload);
  const verdict = verifyDigestSignature({
    ...check,
    digest: bytes === undefined ? fromHex(digest ?? '') : sha256(bytes),
  });
  if (bytes !== undefined) expect(verifyAttestation({ ...check, payload: bytes })).toEqual(verdict);
  if (!verdict.valid) throw new RegistryError('INVALID_SIG', verdict.reason);
  return verdict;
}

function key({ alg, public_key }: { alg: string; public_key: string }): unknown {
  assertAcceptableAttestationKey(alg, public_key);
  return { acceptable: true };
}

function claimDocument({ text }: { text: string }): unknown {
  return toJson(parseClaimDocument(text));
}

function paramsDocument({ text, scheme_id }: { text: string; scheme_id: string }): unknown {
  return { canonical: canonicalize(assertParamsDocument(parseParamsDocument(text), scheme_id)) };
}

const KINDS: Readonly<Record<string, (input: never) => unknown>> = {
  attestation,
  decode,
  reference,
  id,
  'scheme-commitment': schemeVector,
  'policy-commitment': policyVector,
  'context-hash': contextVector,
  'canonical-json': canonicalJson,
  signature,
  key,
  'claim-document': claimDocument,
  'params-document': paramsDocument,
};

function run({ kind, input }: Vector): unknown {
  const judge = KINDS[kind];
  if (judge === undefined) throw new Error(`The kind ${kind} is not known to this test.`);
  return judge(input as never);
}

describe('the published vectors of the provenance protocol, made by an independent program', () => {
  const valid = load('valid');
  const invalid = load('invalid');

  it.each(valid)('valid/%s', (_name, vector) => {
    expect(run(vector)).toEqual(vector.output);
  });

  it.each(invalid)('invalid/%s', (_name, vector) => {
    expect(codeOf(() => run(vector))).toBe(vector.code);
  });

  it('cover every kind, and more refusals than acceptances', () => {
    expect(valid.length).toBeGreaterThanOrEqual(90);
    expect(invalid.length).toBeGreaterThanOrEqual(230);
    const kinds = (vectors: [string, Vector][]): string[] =>
      [...new Set(vectors.map(([, { kind }]) => kind))].sort();
    expect(kinds(valid)).toEqual(Object.keys(KINDS).sort());
    expect(kinds(invalid)).toEqual(Object.keys(KINDS).sort());
  });

  it('say one rule each', () => {
    for (const [name, { rule }] of [...valid, ...invalid]) {
      expect(`${name}: ${rule}`).toMatch(/: .+[.]$/);
    }
  });

  it('show that length prefixes and presence bytes matter', () => {
    const output = (name: string): unknown =>
      valid.find(([file]) => file === `${name}.json`)?.[1].output ?? name;
    const different = [
      ['scheme-commitment-length-prefix-a-11', 'scheme-commitment-length-prefix-a1-1'],
      ['scheme-commitment-scheme-a', 'scheme-commitment-scheme-ab'],
      ['id-scheme-a', 'id-scheme-ab'],
      ['attestation-context-absent', 'attestation-context-all-zeros'],
      ['context-hash-absent', 'context-hash-zero-byte'],
      ['policy-commitment-terms', 'policy-commitment-swapped-terms'],
    ];
    for (const [one = '', other = ''] of different) expect(output(one)).not.toEqual(output(other));
    expect(output('context-hash-absent')).toEqual(output('context-hash-empty'));
    expect(output('scheme-commitment-document')).toEqual(output('scheme-commitment-other-order'));
  });
});
