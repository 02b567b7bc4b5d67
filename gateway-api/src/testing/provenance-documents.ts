import {
  type Credit,
  type GenerationRecord,
  ledgerKeys,
  type LedgerWrite,
  type Model,
  type RoyaltyPolicy,
  type RoyaltyPolicyVersion,
  type Scheme,
  type Settlement,
  type SettlementLayer,
  ZERO_HASH,
} from '@maker-registry/protocol';

/** A 32-byte id in hex that a test can tell from others: the number at its end, a letter before. */
export function idOf(letter: string, number: number): string {
  return letter + number.toString(16).padStart(63, '0');
}

export const PLACE = { tx_id: idOf('e', 1), at: 1_800_000_000 };
const OWNER = idOf('a', 1);

export function modelPuts(number: number, change: Partial<Model> = {}): LedgerWrite[] {
  const value: Model = {
    model_ref: idOf('b', number),
    owner: OWNER,
    model_id: `model ${number}`,
    model_version: '1.0.0',
    risk_class: 'low',
    keys: [{ version: 1, alg: 'ed25519', public_key: idOf('9', number), status: 'current', since: PLACE }],
    flags: { updatable: true, frozen: false, disabled: false },
    recorders: [],
    version: 1,
    registered: PLACE,
    updated: PLACE,
    ...change,
  };
  const { model_ref, version } = value;
  return [
    { kind: 'model', id: ledgerKeys.model(model_ref), value },
    { kind: 'model-version', id: ledgerKeys['model-version'](model_ref, version), value },
  ];
}

export function schemePuts(number: number, change: Partial<Scheme> = {}): LedgerWrite[] {
  const value: Scheme = {
    scheme_ref: idOf('c', number),
    model_ref: idOf('b', number),
    scheme_id: `scheme ${number}`,
    params_uri: 'https://example.org/params.json',
    params_size: 100,
    scheme_commitment: idOf('8', number),
    detector: { name: 'green-list', version: '1.0.0' },
    status: 'active',
    version: 1,
    registered: PLACE,
    updated: PLACE,
    ...change,
  };
  const { scheme_ref, version } = value;
  return [
    { kind: 'scheme', id: ledgerKeys.scheme(scheme_ref), value },
    { kind: 'scheme-version', id: ledgerKeys['scheme-version'](scheme_ref, version), value },
  ];
}

interface RecordChange extends Partial<GenerationRecord> {
  /** Whether it registers its content first, as the ledger decides; true without it. */
  readonly isFirst?: boolean;
}

/** A record of a model about a content; by default under the model's own scheme and with a nonce from the content. */
export function recordPuts(
  model: number,
  content: string,
  { isFirst = true, ...change }: RecordChange = {},
): LedgerWrite[] {
  const value: GenerationRecord = {
    schema_version: 1,
    model_ref: idOf('b', model),
    scheme_ref: idOf('c', model),
    content_hash: content,
    parent_hash: ZERO_HASH,
    timestamp: PLACE.at,
    nonce: content,
    signature: content.repeat(2),
    payload_digest: content,
    key_version: 1,
    scheme_commitment: idOf('8', model),
    recorder: OWNER,
    annotations: [],
    recorded: PLACE,
    ...change,
  };
  const { model_ref, content_hash, nonce } = value;
  return [
    { kind: 'record', id: ledgerKeys.record(model_ref, content_hash), value },
    { kind: 'nonce', id: ledgerKeys.nonce(model_ref, nonce), value: { intent_id: content_hash } },
    ...(isFirst
      ? [{ kind: 'content', id: ledgerKeys.content(content_hash), value: { model_ref } } as const]
      : []),
  ];
}

export function policyPuts(
  model: number,
  content: string,
  change: Partial<RoyaltyPolicy> = {},
): LedgerWrite[] {
  const value: RoyaltyPolicy = {
    model_ref: idOf('b', model),
    content_hash: content,
    rights_owner: OWNER,
    version: 1,
    status: 'active',
    frozen: false,
    license_uri: 'https://example.org/license',
    policy_commitment: idOf('7', model),
    royalty_terms: {
      beneficiaries: [OWNER],
      shares_bps: [10_000],
      derivative_royalty_bps: 500,
      max_depth: 64,
    },
    updated: PLACE,
    ...change,
  };
  const { model_ref, content_hash, version, license_uri, policy_commitment, royalty_terms, rights_owner } =
    value;
  const versioned: RoyaltyPolicyVersion = {
    model_ref,
    content_hash,
    version,
    set_by: rights_owner,
    rights_owner,
    license_uri,
    policy_commitment,
    license_terms: { text: 'All rights reserved.' },
    royalty_terms,
    since: PLACE,
  };
  return [
    { kind: 'policy', id: ledgerKeys.policy(model_ref, content_hash), value },
    {
      kind: 'policy-version',
      id: ledgerKeys['policy-version'](model_ref, content_hash, version),
      value: versioned,
    },
  ];
}

/** A layer that pays each of a settlement's beneficiaries, by place, an amount of which some is held. */
export function layerOf(
  lines: readonly (readonly [payee: number, amount: number, held?: number])[],
): SettlementLayer {
  return {
    model_ref: idOf('b', 1),
    content_hash: idOf('d', 1),
    policy_version: 1,
    status: 'active',
    claim_bps: 0,
    amount: String(lines.reduce((sum, [, amount]) => sum + amount, 0)),
    payees: lines.map(([payee]) => payee),
    amounts: lines.map(([, amount]) => String(amount)),
    ...(lines.some(([, , held = 0]) => held > 0)
      ? { held: lines.map(([, , held = 0]) => String(held)) }
      : {}),
  };
}

export function settlementOf(number: number, change: Partial<Settlement> = {}): Settlement {
  return {
    settlement_id: idOf('5', number),
    payer: idOf('a', 9),
    settlement_ref: `invoice ${number}`,
    request_digest: idOf('4', number),
    model_ref: idOf('b', 1),
    content_hash: idOf('d', 1),
    amount: '100',
    currency: 'EUR',
    mode: 'permissive',
    risk_class: 'low',
    fee: { payee: 'safety-fund', bps: 0, amount: '0' },
    cap_bps: 10_000,
    max_depth: 64,
    beneficiaries: [OWNER],
    layers: [layerOf([[0, 100]])],
    lineage: { depth: 0, incomplete: false, cycle: false },
    suspended: [],
    settled: PLACE,
    ...change,
  };
}

export function settlementPut(settlement: Settlement): LedgerWrite {
  return { kind: 'settlement', id: ledgerKeys.settlement(settlement.settlement_id), value: settlement };
}

export function creditPut(beneficiary: string, source: string, change: Partial<Credit> = {}): LedgerWrite {
  const value: Credit = {
    beneficiary,
    currency: 'EUR',
    source,
    source_type: 'payout-returned',
    amount: '7',
    lines: [],
    credited: PLACE,
    ...change,
  };
  return { kind: 'credit', id: ledgerKeys.credit(value.beneficiary, value.currency, value.source), value };
}

export function collectedPut(
  beneficiary: string,
  currency: string,
  source: string,
  amount: string,
): LedgerWrite {
  const id = ledgerKeys.collected(beneficiary, currency, source);
  return { kind: 'collected', id, value: { amount, intent_id: idOf('3', 1) } };
}
