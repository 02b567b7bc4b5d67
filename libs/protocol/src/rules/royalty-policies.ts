import { type ActArguments } from '../domain/act-arguments';
import { type Actor } from '../domain/actor';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type RuleOutcome } from '../domain/ledger';
import { type Model } from '../domain/model';
import { type GenerationRecord, type RecordKey } from '../domain/record';
import { type RoyaltyPolicy, type RoyaltyPolicyVersion } from '../domain/royalty-policy';
import { fromHex } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { omit } from '../encoding/omit';
import { RegistryError } from '../errors/registry-error';
import { MAX_LICENSE_TERMS_BYTES } from '../limits';
import { contextHash, policyCommitment } from '../provenance/commitments';
import { idReference } from '../provenance/reference';
import { assertBeneficiary } from '../royalties/beneficiary';
import { assertRoyaltyTerms } from '../royalties/terms';
import { requireRole, standing } from './acts';
import { type ActContext, type IntentContext, ledgerTime, requireParameters } from './context';

const keyOf = ({ model_ref: ref, content_hash: hash }: RecordKey): string => `${ref}/${hash}`;

function headWrite(policy: RoyaltyPolicy): RuleOutcome {
  const { model_ref: ref, content_hash: hash } = policy;
  return {
    writes: [{ kind: 'policy', id: ledgerKeys.policy(ref, hash), value: policy }],
    result: { id: hash, type: 'policy', state: policy.status, count: policy.version },
  };
}

export interface SetPolicyState {
  readonly record: GenerationRecord | undefined;
  /** Of the record. */
  readonly model: Model | undefined;
  readonly policy: RoyaltyPolicy | undefined;
  readonly actor: Actor;
}

/**
 * policy.set: a new version of a record's policy. The first one is the model owner's to set; from then on whom it names
 * as rights owner. Versions only add up: settlements name the one they used, and nothing changes what is past.
 *
 * @throws RegistryError NOT_FOUND, NOT_OWNER, NOT_RIGHTS_OWNER, POLICY_FROZEN, POLICY_INVALID, POLICY_COMMITMENT_MISMATCH
 *   or TOO_LARGE
 */
export function setPolicy(
  state: SetPolicyState,
  { body, actor }: Intent<'policy.set'>,
  context: IntentContext,
): RuleOutcome {
  const record = requireRecord(state.record, body);
  assertMaySet(state, actor, body);
  assertTerms(body);
  assertCommitted(body);
  if (state.policy === undefined) assertContext(record, body);
  const stamp = ledgerTime(context);
  const version = (state.policy?.version ?? 0) + 1;
  const common = {
    model_ref: body.model_ref,
    content_hash: body.content_hash,
    rights_owner: body.rights_owner,
    version,
    license_uri: body.license_uri,
    policy_commitment: body.policy_commitment,
    royalty_terms: body.royalty_terms,
  };
  const dispute = state.policy?.dispute;
  const head: RoyaltyPolicy = {
    ...common,
    status: 'active',
    frozen: false,
    // Objections outlive a new version, or setting one would silence them.
    ...(dispute === undefined ? {} : { dispute }),
    updated: stamp,
  };
  const snapshot: RoyaltyPolicyVersion = {
    ...common,
    set_by: actor,
    license_terms: body.license_terms,
    since: stamp,
  };
  const { writes, result } = headWrite(head);
  const id = ledgerKeys['policy-version'](body.model_ref, body.content_hash, version);
  return { writes: [...writes, { kind: 'policy-version', id, value: snapshot }], result };
}

/** The record under a key: NOT_FOUND, the word that verifiers and settlements use. */
export function requireRecord(record: GenerationRecord | undefined, key: RecordKey): GenerationRecord {
  if (record?.content_hash !== key.content_hash || record.model_ref !== key.model_ref) {
    throw new RegistryError('NOT_FOUND', 'The model has no record of this content.', { subject: keyOf(key) });
  }
  return record;
}

function assertMaySet({ model, policy }: SetPolicyState, actor: string, key: RecordKey): void {
  if (policy === undefined) {
    if (model?.owner === actor) return;
    throw new RegistryError('NOT_OWNER', 'Only the model’s owner sets the first policy of a record.', {
      subject: keyOf(key),
    });
  }
  requireRightsOwner(policy, actor, key);
  assertNotFrozen(policy, key);
}

type PolicySetting = Intent<'policy.set'>['body'];

function assertTerms({ royalty_terms: terms, license_terms: license }: PolicySetting): void {
  assertRoyaltyTerms(terms, '/body/royalty_terms');
  terms.beneficiaries.forEach((beneficiary, index) => {
    assertBeneficiary(beneficiary, `/body/royalty_terms/beneficiaries/${index}`);
  });
  const size = Buffer.byteLength(canonicalize(license), 'utf8');
  if (size > MAX_LICENSE_TERMS_BYTES) {
    throw new RegistryError(
      'TOO_LARGE',
      `The license terms have ${size} bytes; at most ${MAX_LICENSE_TERMS_BYTES} are accepted.`,
      { subject: '/body/license_terms' },
    );
  }
}

function assertCommitted(body: PolicySetting): void {
  const { license_terms, royalty_terms } = body;
  const terms = { license_terms, royalty_terms };
  const commitment = policyCommitment(idReference(body.model_ref), body.content_hash, terms);
  if (commitment !== body.policy_commitment) {
    throw new RegistryError('POLICY_COMMITMENT_MISMATCH', 'policy_commitment is not that of the terms.', {
      subject: '/body/policy_commitment',
    });
  }
}

/** A record whose signature covers a context_hash was promised to one policy: that one comes first (P-112). */
function assertContext(
  record: GenerationRecord,
  { policy_commitment: commitment, context }: PolicySetting,
): void {
  if (record.context_hash === undefined) return;
  if (contextHash(commitment, fromHex(context ?? '')) === record.context_hash) return;
  throw new RegistryError(
    'POLICY_COMMITMENT_MISMATCH',
    'The record’s signed context_hash was not made over this policy and context.',
    { subject: '/body/context' },
  );
}

/** The policy under a record key: POLICY_UNKNOWN. */
export function requirePolicy(policy: RoyaltyPolicy | undefined, key: RecordKey): RoyaltyPolicy {
  if (policy?.content_hash !== key.content_hash || policy.model_ref !== key.model_ref) {
    throw new RegistryError('POLICY_UNKNOWN', 'The record has no royalty policy.', { subject: keyOf(key) });
  }
  return policy;
}

function requireRightsOwner(policy: RoyaltyPolicy, actor: string, key: RecordKey): void {
  if (policy.rights_owner !== actor) {
    throw new RegistryError('NOT_RIGHTS_OWNER', 'Only the policy’s rights owner may do this.', {
      subject: keyOf(key),
    });
  }
}

function assertNotFrozen({ frozen }: RoyaltyPolicy, key: RecordKey): void {
  if (!frozen) return;
  throw new RegistryError('POLICY_FROZEN', 'The policy is frozen: shares of its proceeds may be sold.', {
    subject: keyOf(key),
  });
}

export interface PolicyState {
  readonly policy: RoyaltyPolicy | undefined;
}

/** The rights owner's policy that is not frozen: POLICY_UNKNOWN, NOT_RIGHTS_OWNER or POLICY_FROZEN. */
function requireChangeable({ policy }: PolicyState, key: RecordKey, actor: string): RoyaltyPolicy {
  const found = requirePolicy(policy, key);
  requireRightsOwner(found, actor, key);
  assertNotFrozen(found, key);
  return found;
}

/**
 * policy.mark: deprecated policies go on claiming and are annotated; revoked ones claim nothing from derivatives and stop
 * sales of their own record. A new version makes the policy active again.
 *
 * @throws RegistryError POLICY_UNKNOWN, NOT_RIGHTS_OWNER, POLICY_FROZEN or ILLEGAL_TRANSITION
 */
export function markPolicy(
  state: PolicyState,
  { body, actor }: Intent<'policy.mark'>,
  context: IntentContext,
): RuleOutcome {
  const policy = requireChangeable(state, body, actor);
  if (policy.status === 'revoked' || policy.status === body.status) {
    throw new RegistryError('ILLEGAL_TRANSITION', `The policy is ${policy.status}.`, {
      subject: keyOf(body),
    });
  }
  return headWrite({ ...policy, status: body.status, updated: ledgerTime(context) });
}

/** policy.freeze: no version follows any more (P-110). Throws POLICY_UNKNOWN, NOT_RIGHTS_OWNER or POLICY_FROZEN. */
export function freezePolicy(
  state: PolicyState,
  { body, actor }: Intent<'policy.freeze'>,
  context: IntentContext,
): RuleOutcome {
  const policy = requireChangeable(state, body, actor);
  return headWrite({ ...policy, frozen: true, updated: ledgerTime(context) });
}

/**
 * policy.dispute: an operator or regulator records an objection to who is paid. Settlements go on; what this policy would
 * pay waits in suspense until the dispute is settled.
 *
 * @throws RegistryError PARAMETERS_MISSING, ROLE_MISSING, NOT_OPERATOR, POLICY_UNKNOWN or DISPUTE_OPEN
 */
export function disputePolicy(
  state: PolicyState,
  argument: ActArguments['policy.dispute'],
  context: ActContext,
): RuleOutcome {
  const { caller } = context;
  const role = requireRole('policy.dispute', caller);
  standing(caller, role, requireParameters(context));
  const policy = requirePolicy(state.policy, argument);
  if (policy.dispute !== undefined) {
    throw new RegistryError('DISPUTE_OPEN', 'The policy is already disputed.', { subject: keyOf(argument) });
  }
  const { note } = argument;
  const dispute = {
    opened: ledgerTime(context),
    by: { msp_id: caller.mspId, role },
    ...(note === undefined ? {} : { note }),
  };
  return headWrite({ ...policy, dispute, updated: ledgerTime(context) });
}

/** policy.settle-dispute: what waits may be released. Throws as disputePolicy, and DISPUTE_UNKNOWN. */
export function settleDispute(
  state: PolicyState,
  argument: ActArguments['policy.settle-dispute'],
  context: ActContext,
): RuleOutcome {
  const role = requireRole('policy.settle-dispute', context.caller);
  standing(context.caller, role, requireParameters(context));
  const policy = requirePolicy(state.policy, argument);
  if (policy.dispute === undefined) {
    throw new RegistryError('DISPUTE_UNKNOWN', 'The policy is not disputed.', { subject: keyOf(argument) });
  }
  return headWrite({ ...omit(policy, 'dispute'), updated: ledgerTime(context) });
}
