import { type RoyaltyPolicyVersion } from '../domain/royalty-policy';
import { type GenerationRecord } from '../domain/record';
import { SAFETY_FUND, type Settlement } from '../domain/settlement';
import { canonicalize } from '../encoding/canonical-json';
import { omit } from '../encoding/omit';
import { lineageSummary, nextHash, parentFound, startWalk } from './lineage';
import { suspenseDifferences } from './replay-suspense';
import { depthOf, divideOverLineage, type LayerState } from './settlement-division';

/** The ledger facts behind one layer of a settlement. */
export interface LayerFacts {
  readonly record: GenerationRecord;
  /** The version that the settlement names; undefined for version 0. */
  readonly policy: RoyaltyPolicyVersion | undefined;
  /** Owner of the record's model. */
  readonly owner: string;
}

/** Whether a settlement follows from the facts, and where it does not. */
export interface ReplayVerdict {
  readonly agrees: boolean;
  /** Sentences for people; empty where it agrees. */
  readonly differences: readonly string[];
}

/**
 * Recomputes a settlement from records, policy versions and the request alone (P-111): to the unit, or it says what
 * differs. How deep the lineage goes and what the ancestors may take follow from the current record's policy, whatever the
 * settlement says. Taken as stated are the fee's rate and how much may wait for a missing parent, which the parameters of
 * that moment gave, and whether a policy was active or disputed then, which versions do not record.
 *
 * @param facts of each layer, in order
 */
export function replaySettlement(settlement: Settlement, facts: readonly LayerFacts[]): ReplayVerdict {
  const differences = [
    ...ownDifferences(settlement),
    ...factDifferences(settlement, facts),
    ...walkDifferences(settlement, facts),
    ...(facts.length === settlement.layers.length ? divisionDifferences(settlement, facts) : []),
  ];
  return { agrees: differences.length === 0, differences };
}

/** What contradicts itself, whatever the facts are. */
function ownDifferences({ model_ref: model, content_hash: content, fee, layers }: Settlement): string[] {
  const [current] = layers;
  return [
    ...(current?.model_ref === model && current.content_hash === content
      ? []
      : ['The first layer is not the record that was sold.']),
    ...(current?.status === 'revoked' ? ['Nothing is sold under a revoked policy.'] : []),
    ...((fee.payee as string) === SAFETY_FUND ? [] : ['The fee goes to another party than the safety fund.']),
  ];
}

function factDifferences({ layers }: Settlement, facts: readonly LayerFacts[]): string[] {
  if (facts.length !== layers.length) {
    return [`The settlement has ${layers.length} layers; facts of ${facts.length} are at hand.`];
  }
  return layers.flatMap((layer, index) => {
    const fact = facts[index];
    const isSame =
      fact?.record.model_ref === layer.model_ref &&
      fact.record.content_hash === layer.content_hash &&
      (fact.policy?.version ?? 0) === layer.policy_version;
    return isSame ? [] : [`The facts of layer ${index} are of another record or policy version.`];
  });
}

/** The layers follow each other as the records' parents do, as far as the depth lets them. */
function walkDifferences({ lineage }: Settlement, facts: readonly LayerFacts[]): string[] {
  const [current, ...ancestors] = facts;
  if (current === undefined) return [];
  const depth = depthOf(current.policy);
  let walk = startWalk(current.record.content_hash, depth);
  let child = current.record;
  for (const { record } of ancestors) {
    const step = nextHash(walk, child.parent_hash);
    if (step.kind !== 'load' || !isParentOf(child, record)) {
      return [`${record.content_hash} is not the parent of ${child.content_hash}.`];
    }
    walk = parentFound(walk, step.hash);
    child = record;
  }
  const end = nextHash(walk, child.parent_hash).kind;
  const summary = lineageSummary(walk, end === 'load' ? 'missing' : end);
  const found = end === 'load' ? { ...summary, missing: child.parent_hash } : summary;
  return canonicalize(found) === canonicalize(lineage)
    ? []
    : ['The lineage ends otherwise than the settlement says.'];
}

/** By content and, where the child's record names it, by model. */
function isParentOf(child: GenerationRecord, parent: GenerationRecord): boolean {
  const { parent_hash: hash, parent_model_ref: named } = child;
  return hash === parent.content_hash && (named === undefined || named === parent.model_ref);
}

function divisionDifferences(settlement: Settlement, facts: readonly LayerFacts[]): string[] {
  const layers = facts.map(({ record, policy, owner }, index): LayerState => {
    const status = settlement.layers[index]?.status ?? 'active';
    return {
      model_ref: record.model_ref,
      content_hash: record.content_hash,
      policy: policy === undefined ? undefined : { ...policy, status },
      owner,
    };
  });
  const division = divideOverLineage(BigInt(settlement.amount), settlement.fee.bps, layers);
  const { fee, beneficiaries, layers: recomputed } = division;
  const stated = settlement.layers.map((layer) => omit(layer, 'held'));
  return [
    ...(division.cap_bps === settlement.cap_bps && division.max_depth === settlement.max_depth
      ? []
      : ['The cap or the depth is not the one of the current record’s policy.']),
    ...(String(fee) === settlement.fee.amount ? [] : [`The fee is ${fee}, not ${settlement.fee.amount}.`]),
    ...(canonicalize(beneficiaries) === canonicalize(settlement.beneficiaries)
      ? []
      : ['The beneficiaries are others.']),
    ...suspenseDifferences(settlement, division),
    ...recomputed.flatMap((layer, index) =>
      canonicalize(layer) === canonicalize(stated[index])
        ? []
        : [`Layer ${index} comes to ${layer.amount}, otherwise than the settlement says.`],
    ),
  ];
}
