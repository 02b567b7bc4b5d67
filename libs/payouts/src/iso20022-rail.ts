import { writeCreditTransfer } from './credit-transfer';
import { endToEndId } from './end-to-end-id';
import { readNotification } from './notification';
import { type PayoutRail } from './payout-rail';

/** Payment files and notifications that banks exchange with their customers: pain.001.001.09 and camt.054.001.08. */
export const iso20022Rail: PayoutRail = {
  name: 'iso20022',
  exportBatch: (batch) => ({
    text: writeCreditTransfer(batch),
    exported: new Map(
      batch.payments.map(({ withdrawal }) => [
        endToEndId(withdrawal.withdrawal_id),
        withdrawal.withdrawal_id,
      ]),
    ),
  }),
  readReport: readNotification,
};
