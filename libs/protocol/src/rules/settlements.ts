import { type Actor } from '../domain/actor';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type Model } from '../domain/model';
import { type GenerationRecord } from '../domain/record';
import { type RoyaltyPolicy } from '../domain/royalty-policy';
import { type Scheme } from '../domain/scheme';
import { SAFETY_FUND, type Settlement, type SettlementMode, type Suspense } from '../domain/settlement';
import { type SettlementRequest } from '../domain/settlement-request';
import { documentHash } from '../encoding/hash';
import { omit } from '../encoding/omit';
import { RegistryError } from '../errors/registry-error';
import { settlementId } from '../identifiers';
import { verifyReports } from '../provenance/verification-report';
import { parseSettlementAmount } from '../royalties/amount';
import { lineageSummary, parentMissing, type Walk, type WalkEnd } from '../royalties/lineage';
import {
  claimBpsOf,
  type DividedSettlement,
  divideOverLineage,
  type LayerState,
} from '../royalties/settlement-division';
import { suspend, type SuspendedDivision } from '../royalties/suspension';
import { type IntentContext, ledgerTime } from './context';
import { provenanceRules } from './provenance-rules';
import { type GatedRecord, passGate } from './settlement-gate';

/** A record of the lineage as it is on the ledger. */
export interface LineageNode {
  readonly record: GenerationRecord;
  readonly policy: RoyaltyPolicy | undefined;
  /** Of the record; needed where there is no policy. */
  readonly model: Model | undefined;
}

/** The walk from the record that is paid for, made by `startWalk` and `nextHash`. */
export interface WalkedLineage {
  /** The record itself, then its ancestors, nearest first. */
  readonly nodes: readonly LineageNode[];
  readonly walk: Walk;
  readonly end: WalkEnd;
  /** The parent at which the walk ended, where it is missing. */
  readonly missing?: string;
}

export interface SettleState {
  /** Under the id that payer and settlement_ref give. */
  readonly existing: Settlement | undefined;
  readonly record: GenerationRecord | undefined;
  readonly model: Model | undefined;
  readonly scheme: Scheme | undefined;
  readonly policy: RoyaltyPolicy | undefined;
  /** Undefined where the record does not exist. */
  readonly lineage: WalkedLineage | undefined;
  /** Verifiers that the reports name, by their ids. */
  readonly verifiers: ReadonlyMap<string, Actor>;
}

/** One settlement as payers ask for it, directly or as a window of a stream. */
export interface SettlementOrder {
  readonly payer: string;
  readonly request: SettlementRequest;
  readonly streamId?: string;
}

/** SHA-256 of what a request asks for; hints for loading ask for nothing. */
export function requestDigest(request: SettlementRequest): string {
  return documentHash(omit(omit(request, 'lineage_hint'), 'scheme_hint'));
}

/**
 * settlement.settle: divides a payment over the record's lineage (P-113…P-128). The same settlement_ref with the same
 * request answers as the first time and changes nothing.
 *
 * @throws RegistryError PAYER_NOT_ADMITTED, SETTLEMENT_MISMATCH, AMOUNT_INVALID, what `passGate` throws, PARENT_NOT_FOUND,
 *   VERIFICATION_REQUIRED or what `verifyReports` throws
 */
export function settle(
  state: SettleState,
  { body, actor }: Intent<'settlement.settle'>,
  context: IntentContext,
): RuleOutcome {
  return settleOrder(state, { payer: actor, request: body }, context);
}

/** As `settle`, for whoever orders. */
export function settleOrder(state: SettleState, order: SettlementOrder, context: IntentContext): RuleOutcome {
  assertPayer(order.payer, context);
  const id = settlementId(order.payer, order.request.settlement_ref);
  if (state.existing !== undefined) return repeated(state.existing, order);
  const amount = parseSettlementAmount(order.request.amount, '/body/amount');
  const gated = passGate(state, order.request);
  const lineage = requireLineage(state.lineage, order.request.mode);
  const layers = lineage.nodes.map(layerState);
  assertClaims(layers, order.request);
  const verifiers = checkedVerifiers(state, gated, order.request, context);
  const feeBps = context.parameters.risk_classes[gated.model.risk_class].fee_bps;
  const division = divideOverLineage(amount, feeBps, layers);
  const suspended = suspend(division, {
    disputed: disputedLayers(lineage),
    incomplete: lineage.end === 'missing',
    net: amount - division.fee,
    holdBps: provenanceRules(context.parameters).pending_hold_bps,
  });
  const settlement = settlementOf(
    { id, order, gated, lineage, division, suspended, feeBps, verifiers },
    context,
  );
  return {
    writes: [
      { kind: 'settlement', id: ledgerKeys.settlement(id), value: settlement },
      ...suspenseWrites(settlement, suspended, lineage, context),
    ],
    result: {
      id,
      type: 'settlement',
      state: settlement.suspended.length === 0 ? 'settled' : 'part-suspended',
    },
  };
}

function assertPayer(payer: string, { parameters }: IntentContext): void {
  const { payers } = provenanceRules(parameters);
  if (payers === undefined || payers.includes(payer)) return;
  throw new RegistryError('PAYER_NOT_ADMITTED', 'The operators admit only named payers to settle.', {
    subject: payer,
  });
}

function repeated(existing: Settlement, { request }: SettlementOrder): RuleOutcome {
  if (existing.request_digest !== requestDigest(request)) {
    throw new RegistryError(
      'SETTLEMENT_MISMATCH',
      'The payer has used this settlement_ref for another request.',
      { subject: existing.settlement_id },
    );
  }
  return { writes: [], result: { id: existing.settlement_id, type: 'settlement', state: 'repeated' } };
}

function requireLineage(lineage: WalkedLineage | undefined, mode: SettlementMode): WalkedLineage {
  if (lineage === undefined) throw new RegistryError('NOT_FOUND', 'The model has no record of this content.');
  if (lineage.end === 'missing') parentMissing(lineage.missing ?? '', mode);
  return lineage;
}

/** A policy that was changed at the last moment must not take more than the payer reckoned with. */
function assertClaims(layers: readonly LayerState[], { max_claims_bps: bound }: SettlementRequest): void {
  const claimed = layers.slice(1).reduce((sum, layer) => sum + claimBpsOf(layer), 0);
  if (bound === undefined || claimed <= bound) return;
  throw new RegistryError(
    'CLAIMS_EXCEEDED',
    `The ancestors claim ${claimed} basis points; ${bound} were allowed.`,
    {
      subject: '/body/max_claims_bps',
    },
  );
}

function checkedVerifiers(
  { verifiers }: SettleState,
  { record, policy }: GatedRecord,
  { reports = [] }: SettlementRequest,
  { parameters, at }: IntentContext,
): string[] {
  const rules = provenanceRules(parameters);
  const required = policy?.royalty_terms.verifications_required ?? 0;
  if (reports.length < required) {
    throw new RegistryError(
      'VERIFICATION_REQUIRED',
      `The policy asks for reports of ${required} registered verifiers; the request has ${reports.length}.`,
      { subject: '/body/reports' },
    );
  }
  return verifyReports(reports, verifiers, {
    network: parameters.network,
    record,
    verifiers: rules.verifiers,
    at,
    maxAgeS: rules.report_max_age_s,
  });
}

function layerState({ record, policy, model }: LineageNode): LayerState {
  const { model_ref, content_hash } = record;
  const owner = model?.owner;
  if (policy === undefined && owner === undefined) {
    throw new RegistryError('MODEL_UNKNOWN', 'The model of an ancestor is not at hand.', {
      subject: model_ref,
    });
  }
  return { model_ref, content_hash, policy, owner: owner ?? '' };
}

function disputedLayers({ nodes }: WalkedLineage): ReadonlySet<number> {
  return new Set(nodes.flatMap(({ policy }, layer) => (policy?.dispute === undefined ? [] : [layer])));
}

interface SettlementParts {
  readonly id: string;
  readonly order: SettlementOrder;
  readonly gated: GatedRecord;
  readonly lineage: WalkedLineage;
  readonly division: DividedSettlement;
  readonly suspended: SuspendedDivision;
  readonly feeBps: number;
  readonly verifiers: readonly string[];
}

function settlementOf(parts: SettlementParts, context: IntentContext): Settlement {
  const { order, lineage, division, suspended } = parts;
  const { payer, request, streamId } = order;
  const { missing } = lineage;
  return {
    settlement_id: parts.id,
    payer,
    settlement_ref: request.settlement_ref,
    request_digest: requestDigest(request),
    model_ref: request.model_ref,
    content_hash: request.content_hash,
    amount: request.amount,
    currency: request.currency,
    mode: request.mode,
    risk_class: parts.gated.model.risk_class,
    fee: { payee: SAFETY_FUND, bps: parts.feeBps, amount: String(division.fee) },
    cap_bps: division.cap_bps,
    max_depth: division.max_depth,
    beneficiaries: division.beneficiaries,
    layers: suspended.layers,
    lineage: {
      ...lineageSummary(lineage.walk, lineage.end),
      ...(missing === undefined ? {} : { missing }),
    },
    suspended: suspended.suspended.map(({ layer, reason, amount }) => ({
      layer,
      reason,
      amount: String(amount),
    })),
    ...evidenceOf(parts),
    ...(streamId === undefined ? {} : { stream_id: streamId }),
    settled: ledgerTime(context),
  };
}

function evidenceOf({
  order,
  verifiers,
}: SettlementParts): Pick<Settlement, 'verification_ref' | 'verified_by' | 'payee_context'> {
  const { verification_ref: ref, payee_context: payee } = order.request;
  return {
    ...(ref === undefined ? {} : { verification_ref: ref }),
    ...(verifiers.length === 0 ? {} : { verified_by: verifiers }),
    ...(payee === undefined ? {} : { payee_context: payee }),
  };
}

function suspenseWrites(
  settlement: Settlement,
  { suspended }: SuspendedDivision,
  lineage: WalkedLineage,
  context: IntentContext,
): LedgerWrite[] {
  const releaseAt = context.at + provenanceRules(context.parameters).pending_hold_s;
  return suspended.map(({ layer, reason, amount, parts }) => {
    const paid = settlement.layers[layer];
    const waits =
      reason === 'lineage-incomplete' && lineage.missing !== undefined
        ? { missing: lineage.missing, release_at: releaseAt }
        : {};
    const value: Suspense = {
      settlement_id: settlement.settlement_id,
      settlement_ref: settlement.settlement_ref,
      layer,
      reason,
      model_ref: paid?.model_ref ?? settlement.model_ref,
      content_hash: paid?.content_hash ?? settlement.content_hash,
      policy_version: paid?.policy_version ?? 0,
      currency: settlement.currency,
      amount: String(amount),
      parts,
      ...waits,
      status: 'held',
      held: ledgerTime(context),
    };
    return { kind: 'suspense', id: ledgerKeys.suspense(settlement.settlement_id, layer, reason), value };
  });
}
