import { type Holding } from '../royalties/share-accounting';
import { type LedgerTime } from './common';

/**
 * A claim on proceeds divided into transferable units (P-133): not governance. Its id is a beneficiary like an actor's,
 * so that policies can name it; what they pay it is divided by units held when it was collected.
 */
export interface ShareIssue {
  readonly shares_id: string;
  readonly issuer: string;
  readonly name: string;
  /** Units in total; never changes. */
  readonly supply: string;
  /** Currency → everything ever collected, minor units. */
  readonly totals: Readonly<Record<string, string>>;
  readonly issued: LedgerTime;
}

/** What one actor holds of a share issue. */
export interface ShareHolding extends Holding {
  readonly shares_id: string;
  readonly holder: string;
}
