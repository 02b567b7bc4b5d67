import { type GenerationRecord } from '../domain/record';
import { type PolicyStatus, type RoyaltyPolicyVersion } from '../domain/royalty-policy';
import { BPS_WHOLE } from '../limits';
import { ZERO_HASH } from '../provenance/attestation';
import { MAX_SETTLEMENT_AMOUNT } from '../royalties/amount';
import { type DivisionInput, type PayingLayer } from '../royalties/divide';
import { type LayerFacts } from '../royalties/replay-settlement';
import { type RoyaltyTerms } from '../royalties/terms';

/** Reads random words as choices; when they are used up every choice is the first. */
export class Choices {
  private position = 0;
  private readonly words: readonly number[];

  constructor(words: readonly number[]) {
    this.words = words;
  }

  /** An integer from 0 to bound − 1. */
  below(bound: number): number {
    const word = this.words[this.position] ?? 0;
    this.position += 1;
    return word % bound;
  }

  /** Mostly the values at which rules change, else any rate. */
  bps(): number {
    return [0, BPS_WHOLE, 500 * this.below(21), this.below(BPS_WHOLE + 1)][this.below(4)] ?? 0;
  }

  /** Mostly small, where rounding matters most; sometimes of any size, sometimes the highest. */
  amount(): bigint {
    const small = BigInt(1 + this.below(30));
    const middle = BigInt(1 + this.below(1_000_000));
    const large = middle ** BigInt(1 + this.below(5));
    return [small, middle, large, MAX_SETTLEMENT_AMOUNT - small][this.below(4)] ?? small;
  }

  /** 1 to 5 beneficiaries out of 8, with shares that sum to the whole and are often equal. */
  terms(): RoyaltyTerms {
    const count = 1 + this.below(5);
    const first = this.below(8);
    return {
      beneficiaries: Array.from({ length: count }, (_, index) => 'abcdefgh'.charAt((first + 3 * index) % 8)),
      shares_bps: this.shares(count),
      derivative_royalty_bps: this.bps(),
      max_depth: 1 + this.below(64),
    };
  }

  /** The numbers below `count` in any order. */
  order(count: number): number[] {
    const rest = Array.from({ length: count }, (_, index) => index);
    return Array.from({ length: count }, () => rest.splice(this.below(rest.length), 1)[0] ?? 0);
  }

  private shares(count: number): number[] {
    const equal = this.below(2) === 0;
    let left = BPS_WHOLE;
    return Array.from({ length: count }, (_, index) => {
      const others = count - 1 - index;
      const share = equal ? Math.floor(BPS_WHOLE / count) : 1 + this.below(left - others);
      const taken = others === 0 ? left : share;
      left -= taken;
      return taken;
    });
  }

  /** A payment over 0 to 4 ancestors. */
  division(): DivisionInput {
    const amount = this.amount();
    const [feeBps, capBps, ancestors] = [this.bps(), this.bps(), this.below(5)];
    const layers = Array.from({ length: ancestors + 1 }, (_, index): PayingLayer => {
      const terms = this.terms();
      return { terms, claim_bps: index === 0 ? 0 : terms.derivative_royalty_bps };
    });
    return { amount, feeBps, capBps, layers };
  }
}

/** A record of a random lineage, with what the ledger knows of it. */
export interface LineageRecord extends LayerFacts {
  readonly status: PolicyStatus;
  readonly disputed: boolean;
}

/** A payment for the first record of a random lineage, most of which a ledger would take. */
export interface LineageCase {
  readonly amount: bigint;
  readonly feeBps: number;
  /** Most that waits for a missing parent. */
  readonly holdBps: number;
  /** The current record, its parent, and so on, whether the current policy's depth reaches them or not. */
  readonly records: readonly LineageRecord[];
  /** What the last record names as its parent: nothing, a content that nobody registered, or an earlier record's. */
  readonly end: 'stop' | 'missing' | 'cycle';
}

const STAMP = { tx_id: 'ab'.repeat(32), at: 1_800_000_000 };
/** Of what no division looks at. */
const DIGEST = '01'.repeat(32);
const SIGNATURE = '02'.repeat(64);
const UNREGISTERED = 'ee'.repeat(32);
const CONTENTS = Array.from({ length: 10 }, (_, index) => String(10 + index).repeat(32));
const MODELS = ['a0'.repeat(32), 'b0'.repeat(32)];

/** Whom the letters of random terms stand for on a ledger: six actors, and two payees who are not known yet. */
const PARTIES = new Map(
  Array.from('abcdefgh').map((letter) => [
    letter,
    letter < 'g' ? letter.repeat(64) : `pending:${letter === 'g' ? '0'.repeat(64) : '1'.repeat(64)}`,
  ]),
);

/** The actors among the parties of random lineages. */
export const ACTORS: readonly string[] = [...PARTIES.values()].filter((party) => party.length === 64);

/** A payment over 0 to `most` ancestors, with each way in which a lineage can end. At most 9 ancestors. */
export function lineageCase(choices: Choices, most = 4): LineageCase {
  const amount = choices.amount();
  const [feeBps, holdBps] = [choices.bps(), choices.bps()];
  const count = 1 + choices.below(most + 1);
  const end = (['stop', 'missing', 'cycle'] as const)[choices.below(3)] ?? 'stop';
  const last = { stop: ZERO_HASH, missing: UNREGISTERED, cycle: CONTENTS[choices.below(count)] ?? '' }[end];
  const contents = [...CONTENTS.slice(0, count), last];
  const records = Array.from({ length: count }, (_, index) => lineageRecord(choices, contents, index));
  return { amount, feeBps, holdBps, records, end };
}

/** As many further records as `most`, or fewer, above those of a lineage. */
export function ancestorsFound(choices: Choices, above: number, most: number): LineageRecord[] {
  const contents = [...CONTENTS.slice(0, above + most), ZERO_HASH];
  return Array.from({ length: choices.below(most + 1) }, (_, index) =>
    lineageRecord(choices, contents, above + index),
  );
}

function lineageRecord(choices: Choices, contents: readonly string[], index: number): LineageRecord {
  const model = MODELS[choices.below(2)] ?? '';
  const record = recordOf(model, contents[index] ?? '', contents[index + 1] ?? '');
  const owner = ACTORS[choices.below(ACTORS.length)] ?? '';
  if (choices.below(4) === 3) return { record, policy: undefined, owner, status: 'active', disputed: false };
  const status = (['active', 'active', 'deprecated', 'revoked'] as const)[choices.below(4)] ?? 'active';
  return {
    record,
    policy: policyOf(record, 1 + choices.below(3), ledgerTerms(choices)),
    owner,
    // Nothing is settled under a revoked policy; as an ancestor's it claims nothing.
    status: index === 0 && status === 'revoked' ? 'deprecated' : status,
    disputed: choices.below(4) === 3,
  };
}

function recordOf(model: string, content: string, parent: string): GenerationRecord {
  return {
    schema_version: 1,
    model_ref: model,
    scheme_ref: DIGEST,
    content_hash: content,
    parent_hash: parent,
    timestamp: STAMP.at,
    nonce: DIGEST,
    signature: SIGNATURE,
    payload_digest: DIGEST,
    key_version: 1,
    scheme_commitment: DIGEST,
    recorder: DIGEST,
    annotations: [],
    recorded: STAMP,
  };
}

function policyOf(record: GenerationRecord, version: number, terms: RoyaltyTerms): RoyaltyPolicyVersion {
  return {
    model_ref: record.model_ref,
    content_hash: record.content_hash,
    version,
    set_by: DIGEST,
    rights_owner: DIGEST,
    license_uri: 'https://example.org/license',
    policy_commitment: DIGEST,
    license_terms: {},
    royalty_terms: terms,
    since: STAMP,
  };
}

function ledgerTerms(choices: Choices): RoyaltyTerms {
  const { beneficiaries, ...terms } = choices.terms();
  const cap = choices.below(2) === 0 ? {} : { total_royalty_cap_bps: choices.bps() };
  return {
    ...terms,
    ...cap,
    beneficiaries: beneficiaries.map((letter) => PARTIES.get(letter) ?? ''),
    max_depth: [terms.max_depth, 1 + choices.below(4)][choices.below(2)] ?? 1,
  };
}
