/**
 * What a transaction is going to read, as far as its own text says so. All of it is fetched in one round trip before
 * anything is judged. This is no rule: what is left out here is fetched when it is asked for.
 */
import {
  artifactId,
  isMarked,
  ledgerKeys,
  licenseId,
  modelReference,
  proposalId,
  schemeReference,
  settlementId,
  sharesId,
  streamId,
  subjectsOf,
  ZERO_HASH,
  type ActArguments,
  type ActName,
  type CertificateKey,
  type Intent,
  type LedgerIntentType,
  type RecordClaim,
  type RecordKey,
} from '@maker-registry/protocol';
import type { LedgerReference } from './ledger/ledger';
import { sourceReferences } from './ledger/load-sources';

const actor = (id: string): LedgerReference => ({ kind: 'actor', id: ledgerKeys.actor(id) });
const artifact = (id: string): LedgerReference => ({ kind: 'artifact', id: ledgerKeys.artifact(id) });
const license = (id: string): LedgerReference => ({ kind: 'license', id: ledgerKeys.license(id) });
const right = (id: string): LedgerReference => ({ kind: 'right', id: ledgerKeys.right(id) });
const contentKey = (id: string): LedgerReference => ({ kind: 'key', id: ledgerKeys.key(id) });
const proposal = (id: string): LedgerReference => ({ kind: 'proposal', id: ledgerKeys.proposal(id) });
const parameters: LedgerReference = { kind: 'parameters', id: ledgerKeys.parameters() };
const head: LedgerReference = { kind: 'revocation-head', id: ledgerKeys['revocation-head']() };

const model = (ref: string): LedgerReference => ({ kind: 'model', id: ledgerKeys.model(ref) });
const scheme = (ref: string): LedgerReference => ({ kind: 'scheme', id: ledgerKeys.scheme(ref) });
const record = ({ model_ref: ref, content_hash: hash }: RecordKey): LedgerReference => ({
  kind: 'record',
  id: ledgerKeys.record(ref, hash),
});
const policy = ({ model_ref: ref, content_hash: hash }: RecordKey): LedgerReference => ({
  kind: 'policy',
  id: ledgerKeys.policy(ref, hash),
});
const content = (hash: string): LedgerReference => ({ kind: 'content', id: ledgerKeys.content(hash) });
const settlement = (id: string): LedgerReference => ({ kind: 'settlement', id: ledgerKeys.settlement(id) });
const stream = (id: string): LedgerReference => ({ kind: 'stream', id: ledgerKeys.stream(id) });
const shares = (id: string): LedgerReference => ({ kind: 'shares', id: ledgerKeys.shares(id) });
const holding = (id: string, holder: string): LedgerReference => ({
  kind: 'holding',
  id: ledgerKeys.holding(id, holder),
});

function claimReads(claim: RecordClaim): LedgerReference[] {
  return [
    model(claim.model_ref),
    scheme(claim.scheme_ref),
    { kind: 'nonce', id: ledgerKeys.nonce(claim.model_ref, claim.nonce) },
    content(claim.content_hash),
    ...parentReads(claim),
  ];
}

function parentReads({ parent_hash: hash, parent_model_ref: named }: RecordClaim): LedgerReference[] {
  if (hash === ZERO_HASH) return [];
  return [named === undefined ? content(hash) : record({ model_ref: named, content_hash: hash })];
}

function lineageReads(keys: readonly RecordKey[]): LedgerReference[] {
  return keys.flatMap((key) => [record(key), policy(key)]);
}

function collectionReads(
  beneficiary: string,
  { currency, credits }: { readonly currency: string; readonly credits: readonly string[] },
): LedgerReference[] {
  return credits.flatMap((source) => sourceReferences(beneficiary, currency, source));
}

type IntentReads = {
  readonly [Type in LedgerIntentType]: (intent: Intent<Type>) => readonly LedgerReference[];
};

const INTENT_READS: IntentReads = {
  'actor.register': () => [],
  'actor.rotate': () => [],
  'artifact.register': ({ actor: maker, body }) => [
    artifact(artifactId(maker, body.name, body.version)),
    license(body.license_id),
    ...body.parents.map((parent) => artifact(parent.artifact_id)),
  ],
  'artifact.revoke': ({ body }) => [artifact(body.artifact_id), head],
  'artifact.release': ({ body }) => [artifact(body.artifact_id), head],
  'license.define': ({ actor: licensor, body }) => [license(licenseId(licensor, body.terms))],
  'right.issue': ({ body }) => [artifact(body.artifact_id), license(body.license_id), actor(body.holder)],
  'right.transfer': ({ body }) => [right(body.right_id), actor(body.to)],
  'right.gift': ({ body }) => [right(body.right_id), actor(body.to)],
  'right.sell': ({ body }) => [right(body.right_id), actor(body.buyer)],
  'right.bequeath': ({ body }) => [
    right(body.right_id),
    ...(body.beneficiary === null ? [] : [actor(body.beneficiary)]),
  ],
  'right.claim': ({ body }) => [right(body.right_id)],
  'right.suspend': ({ body }) => [right(body.right_id), head],
  'right.resume': ({ body }) => [right(body.right_id), head],
  'right.revoke': ({ body }) => [right(body.right_id), head],
  'key.commit': ({ body }) => [artifact(body.artifact_id), contentKey(body.artifact_id)],
  'key.rotate': ({ body }) => [artifact(body.artifact_id), contentKey(body.artifact_id)],
  'key.revoke': ({ body }) => [contentKey(body.artifact_id), head],
  'model.register': ({ actor: owner, body }) => [
    model(modelReference(owner, body.model_id)),
    ...(body.artifact_id === undefined ? [] : [artifact(body.artifact_id)]),
  ],
  'model.update': ({ body }) => [model(body.model_ref)],
  'model.rotate': ({ body }) => [model(body.model_ref)],
  'model.compromise': ({ body }) => [model(body.model_ref)],
  'model.freeze': ({ body }) => [model(body.model_ref)],
  'model.disable': ({ body }) => [model(body.model_ref)],
  'model.enable': ({ body }) => [model(body.model_ref)],
  'scheme.register': ({ body }) => [
    model(body.model_ref),
    scheme(schemeReference(body.model_ref, body.scheme_id)),
  ],
  'scheme.mark': ({ body }) => [scheme(body.scheme_ref)],
  'record.register': ({ body }) => body.records.flatMap(claimReads),
  'record.backfill': ({ body }) => claimReads(body.record),
  'policy.set': ({ body }) => [record(body), model(body.model_ref), policy(body)],
  'policy.mark': ({ body }) => [policy(body)],
  'policy.freeze': ({ body }) => [policy(body)],
  'settlement.settle': ({ actor: payer, body }) => [
    settlement(settlementId(payer, body.settlement_ref)),
    model(body.model_ref),
    ...(body.scheme_hint === undefined ? [] : [scheme(body.scheme_hint)]),
    ...lineageReads([body, ...(body.lineage_hint ?? [])]),
  ],
  'suspense.release': ({ body }) => [
    settlement(body.settlement_id),
    { kind: 'suspense', id: ledgerKeys.suspense(body.settlement_id, body.layer, body.reason) },
  ],
  'vault.collect': ({ actor: owner, body }) => [
    { kind: 'vault', id: ledgerKeys.vault(owner, body.currency) },
    ...collectionReads(owner, body),
  ],
  'vault.withdraw': ({ actor: owner, body }) => [
    { kind: 'vault', id: ledgerKeys.vault(owner, body.currency) },
    ...collectionReads(owner, body),
  ],
  'stream.open': ({ actor: payer, body }) => [stream(streamId(payer, body.stream_ref)), record(body)],
  'stream.settle': ({ body }) => [stream(body.stream_id), ...lineageReads(body.lineage_hint ?? [])],
  'stream.close': ({ body }) => [stream(body.stream_id)],
  'shares.issue': ({ actor: issuer, body }) => [shares(sharesId(issuer, body.name))],
  'shares.transfer': ({ actor: holder, body }) => [
    shares(body.shares_id),
    holding(body.shares_id, holder),
    holding(body.shares_id, body.to),
    actor(body.to),
  ],
  'shares.collect': ({ body }) => [shares(body.shares_id), ...collectionReads(body.shares_id, body)],
  'shares.claim': ({ actor: holder, body }) => [shares(body.shares_id), holding(body.shares_id, holder)],
};

const certificate = (mspId: string, key: CertificateKey): LedgerReference => ({
  kind: 'certificate-revocation',
  id: ledgerKeys['certificate-revocation'](mspId, key),
});

type ActReads = {
  readonly [Name in ActName]: (argument: ActArguments[Name], mspId: string) => readonly LedgerReference[];
};

const ACT_READS: ActReads = {
  'review.decide': (argument) => [artifact(argument.artifact_id)],
  'revocation.issue': ({ entries }) => [
    head,
    ...subjectsOf(entries).map(({ kind, id }): LedgerReference => ({ kind, id: ledgerKeys[kind](id) })),
  ],
  'revocation.release': ({ number }) => [head, { kind: 'revocation', id: ledgerKeys.revocation(number) }],
  'parameters.propose': (argument) => [proposal(proposalId(argument.parameters))],
  'parameters.approve': (argument) => [proposal(argument.proposal_id)],
  'policy.dispute': (argument) => [policy(argument)],
  'policy.settle-dispute': (argument) => [policy(argument)],
  'payout.report': (argument) => [{ kind: 'withdrawal', id: ledgerKeys.withdrawal(argument.withdrawal_id) }],
  'certificate.revoke': ({ entries }, mspId) => entries.map((entry) => certificate(mspId, entry)),
  'certificate.release': ({ entries }, mspId) => entries.map((entry) => certificate(mspId, entry)),
};

/** What an intent's admission and rule will read. */
export function readsOfIntent<Type extends LedgerIntentType>(
  type: Type,
  intent: Intent<Type>,
): readonly LedgerReference[] {
  const mark: LedgerReference = { kind: 'intent', id: ledgerKeys.intent(intent.actor, intent.nonce) };
  const marks = isMarked(intent) ? [mark] : [];
  return [parameters, ...marks, actor(intent.actor), ...INTENT_READS[type](intent)];
}

/** What a role act's rule will read, where an identity of this organization performs it. */
export function readsOfAct<Name extends ActName>(
  name: Name,
  argument: ActArguments[Name],
  mspId: string,
): readonly LedgerReference[] {
  return [parameters, ...ACT_READS[name](argument, mspId)];
}
