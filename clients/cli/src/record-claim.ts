import { randomBytes } from 'node:crypto';
import {
  ATTESTATION_VERSION,
  contextHash,
  fromHex,
  idReference,
  MAX_UNIX_TIME,
  policyCommitment,
  type RecordClaim,
  toHex,
  ZERO_HASH,
} from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { type Given, optional, required } from '@maker-registry/guard';
import { fileDigest } from './file-digest';
import { membersOf, optionalNumber } from './given-members';
import { readInput } from './input-file';
import { CLAIM_NONCE_BYTES } from './limits';
import { parsePolicyTerms } from './policy-terms';
import { oneWord } from './words';

const MS_PER_S = 1_000;

type Unsigned = Omit<RecordClaim, 'signature'>;

/** What a model's key is to sign, from the options of `record sign`. Throws USAGE, FILE_UNREADABLE and the JSON codes. */
export async function claimFromOptions(given: Given, words: readonly string[]): Promise<Unsigned> {
  const modelRef = required(given, 'model');
  const content = await contentHash(given, words);
  return {
    schema_version: ATTESTATION_VERSION,
    model_ref: modelRef,
    scheme_ref: required(given, 'scheme'),
    content_hash: content,
    parent_hash: optional(given, 'parent') ?? ZERO_HASH,
    ...membersOf(given, { parent_model_ref: 'parent-model' }),
    timestamp: optionalNumber(given, 'time', MAX_UNIX_TIME) ?? Math.floor(Date.now() / MS_PER_S),
    nonce: optional(given, 'nonce') ?? toHex(randomBytes(CLAIM_NONCE_BYTES)),
    ...(await context(given, modelRef, content)),
  };
}

async function contentHash(given: Given, words: readonly string[]): Promise<string> {
  const hash = optional(given, 'content-hash');
  if (hash === undefined) return toHex(await fileDigest(oneWord(words, 'file, or give --content-hash')));
  if (words.length === 0) return hash;
  throw new ClientError('USAGE', 'Name a file or give --content-hash, not both.', {
    subject: 'content-hash',
  });
}

/** The hash that binds the record to the first policy it may get. */
async function context(
  given: Given,
  modelRef: string,
  content: string,
): Promise<{ readonly context_hash?: string }> {
  const [hash, policy] = [optional(given, 'context-hash'), optional(given, 'policy')];
  if (policy === undefined) {
    if (optional(given, 'context') === undefined) return hash === undefined ? {} : { context_hash: hash };
    throw new ClientError('USAGE', '--context goes with --policy.', { subject: 'context' });
  }
  if (hash !== undefined) {
    throw new ClientError('USAGE', 'Give --policy or --context-hash, not both.', { subject: 'policy' });
  }
  const terms = parsePolicyTerms(await readInput(policy));
  const commitment = policyCommitment(idReference(modelRef), content, terms);
  return { context_hash: contextHash(commitment, fromHex(optional(given, 'context') ?? '')) };
}
