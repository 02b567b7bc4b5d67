/**
 * What a transaction is going to read, as far as its own text says so. All of it is fetched in one round trip before
 * anything is judged. This is no rule: what is left out here is fetched when it is asked for.
 */
import {
  artifactId,
  ledgerKeys,
  licenseId,
  proposalId,
  subjectsOf,
  type ActArguments,
  type ActName,
  type Intent,
  type LedgerIntentType,
} from '@maker-registry/protocol';
import type { LedgerReference } from './ledger/ledger';

const actor = (id: string): LedgerReference => ({ kind: 'actor', id: ledgerKeys.actor(id) });
const artifact = (id: string): LedgerReference => ({ kind: 'artifact', id: ledgerKeys.artifact(id) });
const license = (id: string): LedgerReference => ({ kind: 'license', id: ledgerKeys.license(id) });
const right = (id: string): LedgerReference => ({ kind: 'right', id: ledgerKeys.right(id) });
const contentKey = (id: string): LedgerReference => ({ kind: 'key', id: ledgerKeys.key(id) });
const proposal = (id: string): LedgerReference => ({ kind: 'proposal', id: ledgerKeys.proposal(id) });
const parameters: LedgerReference = { kind: 'parameters', id: ledgerKeys.parameters() };
const head: LedgerReference = { kind: 'revocation-head', id: ledgerKeys['revocation-head']() };

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
};

type ActReads = { readonly [Name in ActName]: (argument: ActArguments[Name]) => readonly LedgerReference[] };

const ACT_READS: ActReads = {
  'review.decide': (argument) => [artifact(argument.artifact_id)],
  'revocation.issue': ({ entries }) => [
    head,
    ...subjectsOf(entries).map(({ kind, id }): LedgerReference => ({ kind, id: ledgerKeys[kind](id) })),
  ],
  'revocation.release': ({ number }) => [head, { kind: 'revocation', id: ledgerKeys.revocation(number) }],
  'parameters.propose': (argument) => [proposal(proposalId(argument.parameters))],
  'parameters.approve': (argument) => [proposal(argument.proposal_id)],
};

/** What an intent's admission and rule will read. */
export function readsOfIntent<Type extends LedgerIntentType>(
  type: Type,
  intent: Intent<Type>,
): readonly LedgerReference[] {
  const mark: LedgerReference = { kind: 'intent', id: ledgerKeys.intent(intent.actor, intent.nonce) };
  return [parameters, mark, actor(intent.actor), ...INTENT_READS[type](intent)];
}

/** What a role act's rule will read. */
export function readsOfAct<Name extends ActName>(
  name: Name,
  argument: ActArguments[Name],
): readonly LedgerReference[] {
  return [parameters, ...ACT_READS[name](argument)];
}
