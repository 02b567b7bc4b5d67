import {
  type Allocation,
  isPlainObject,
  type RoyaltyPolicy,
  type RoyaltyPolicyVersion,
  type Settlement,
  type ShareHolding,
  type ShareIssue,
  type Stream,
  type StreamWindow,
  type Suspense,
  type Vault,
  type Withdrawal,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { type ReadOptions } from './documents';
import { type MirrorReader, pathOf } from './mirror-reader';
import {
  type CreditEntry,
  type CreditFilter,
  type CreditTotals,
  type PolicyFilter,
  type SettlementFilter,
  type SharesFilter,
  type StreamFilter,
  type StreamWindows,
  type SuspenseFilter,
  type WindowRange,
  type WithdrawalFilter,
} from './royalty-documents';

/** Reads of policies, settlements and payouts. Listings are oldest first; single documents throw the registry's 404 codes. */
export class RoyaltyReads {
  readonly #mirror: MirrorReader;

  constructor(mirror: MirrorReader) {
    this.#mirror = mirror;
  }

  policies(filter: PolicyFilter = {}, options?: ReadOptions): AsyncGenerator<RoyaltyPolicy> {
    return this.#mirror.list<RoyaltyPolicy>('/v1/policies', { ...filter }, options);
  }

  async policy(modelRef: string, contentHash: string, options?: ReadOptions): Promise<RoyaltyPolicy> {
    return await this.#mirror.document(pathOf('v1', 'policies', modelRef, contentHash), options);
  }

  policyVersions(
    modelRef: string,
    contentHash: string,
    options?: ReadOptions,
  ): AsyncGenerator<RoyaltyPolicyVersion> {
    const path = pathOf('v1', 'policies', modelRef, contentHash, 'versions');
    return this.#mirror.list<RoyaltyPolicyVersion>(path, {}, options);
  }

  async policyVersion(
    modelRef: string,
    contentHash: string,
    version: number,
    options?: ReadOptions,
  ): Promise<RoyaltyPolicyVersion> {
    const path = pathOf('v1', 'policies', modelRef, contentHash, 'versions', version);
    return await this.#mirror.document(path, options);
  }

  settlements(filter: SettlementFilter = {}, options?: ReadOptions): AsyncGenerator<Settlement> {
    return this.#mirror.list<Settlement>('/v1/settlements', { ...filter }, options);
  }

  async settlement(settlementId: string, options?: ReadOptions): Promise<Settlement> {
    return await this.#mirror.document(pathOf('v1', 'settlements', settlementId), options);
  }

  /** Every line of the settlement by layer, the registry's fee last; their amounts sum to what was paid. */
  allocations(settlementId: string, options?: ReadOptions): AsyncGenerator<Allocation> {
    const path = pathOf('v1', 'settlements', settlementId, 'allocations');
    return this.#mirror.list<Allocation>(path, {}, options);
  }

  suspense(filter: SuspenseFilter = {}, options?: ReadOptions): AsyncGenerator<Suspense> {
    return this.#mirror.list<Suspense>('/v1/suspense', { ...filter }, options);
  }

  /** The beneficiary's vaults, one for each currency. */
  vaults(beneficiary: string, options?: ReadOptions): AsyncGenerator<Vault> {
    return this.#mirror.list<Vault>(pathOf('v1', 'vaults', beneficiary), {}, options);
  }

  async vault(beneficiary: string, currency: string, options?: ReadOptions): Promise<Vault> {
    return await this.#mirror.document(pathOf('v1', 'vaults', beneficiary, currency), options);
  }

  /** The statement: what every source owes or owed the beneficiary. */
  credits(
    beneficiary: string,
    currency: string,
    filter: CreditFilter = {},
    options?: ReadOptions,
  ): AsyncGenerator<CreditEntry> {
    return this.#mirror.list<CreditEntry>(creditsPath(beneficiary, currency), { ...filter }, options);
  }

  /** The sums of the statement. */
  async creditTotals(beneficiary: string, currency: string, options?: ReadOptions): Promise<CreditTotals> {
    const query = { limit: 1 };
    const { totals } = await this.#mirror.object(creditsPath(beneficiary, currency), options, query);
    if (isPlainObject(totals)) return totals as unknown as CreditTotals;
    throw new ClientError('RESPONSE_MALFORMED', 'The gateway’s statement has no totals.');
  }

  withdrawals(filter: WithdrawalFilter = {}, options?: ReadOptions): AsyncGenerator<Withdrawal> {
    return this.#mirror.list<Withdrawal>('/v1/withdrawals', { ...filter }, options);
  }

  async withdrawal(withdrawalId: string, options?: ReadOptions): Promise<Withdrawal> {
    return await this.#mirror.document(pathOf('v1', 'withdrawals', withdrawalId), options);
  }

  streams(filter: StreamFilter = {}, options?: ReadOptions): AsyncGenerator<Stream> {
    return this.#mirror.list<Stream>('/v1/streams', { ...filter }, options);
  }

  async stream(streamId: string, options?: ReadOptions): Promise<Stream> {
    return await this.#mirror.document(pathOf('v1', 'streams', streamId), options);
  }

  /** The windows of a range with their sum; the range's sums come with the first page. */
  async streamWindows(
    streamId: string,
    range: WindowRange = {},
    options?: ReadOptions,
  ): Promise<StreamWindows> {
    const path = pathOf('v1', 'streams', streamId, 'windows');
    const { sum, cumulative } = await this.#mirror.object(path, options, { ...range, limit: 1 });
    if (typeof sum !== 'string' || typeof cumulative !== 'string') {
      throw new ClientError('RESPONSE_MALFORMED', 'The gateway’s windows have no sums.');
    }
    const items: StreamWindow[] = [];
    for await (const item of this.#mirror.list<StreamWindow>(path, { ...range }, options)) items.push(item);
    return { items, sum, cumulative };
  }

  shares(filter: SharesFilter = {}, options?: ReadOptions): AsyncGenerator<ShareIssue> {
    return this.#mirror.list<ShareIssue>('/v1/shares', { ...filter }, options);
  }

  async shareIssue(sharesId: string, options?: ReadOptions): Promise<ShareIssue> {
    return await this.#mirror.document(pathOf('v1', 'shares', sharesId), options);
  }

  shareHoldings(sharesId: string, options?: ReadOptions): AsyncGenerator<ShareHolding> {
    return this.#mirror.list<ShareHolding>(pathOf('v1', 'shares', sharesId, 'holdings'), {}, options);
  }
}

function creditsPath(beneficiary: string, currency: string): string {
  return pathOf('v1', 'vaults', beneficiary, currency, 'credits');
}
