import { reconcile } from '@maker-registry/payouts';
import { required } from '@maker-registry/guard';
import {
  readNotifications,
  readTables,
  readWithdrawals,
  reconciliationDocument,
} from '../payout-reconciliation';
import { readCommand } from '../shapes';

export const payoutReconcile = readCommand({
  name: 'payout reconcile',
  summary: 'Compare withdrawals with what the bank notified.',
  usage: '--tables FOLDER --notifications FOLDER',
  about: `All tables of registry payout export, and all notifications (camt.054) that are kept, not the newest alone: a second
debit shows only beside the first. Nothing is reported: what is paid or returned is to be, with registry payout report.
amount_mismatch and unmatched are for people; outstanding is still awaited. Each option also takes one file.`,
  example: '--tables tables/ --notifications notifications/',
  options: { tables: 'text', notifications: 'text' },
  read: (given) => {
    const [tables, notifications] = [required(given, 'tables'), required(given, 'notifications')];
    return async (client) => {
      const exported = await readTables(tables);
      const entries = await readNotifications(notifications);
      return reconciliationDocument(reconcile(await readWithdrawals(client, exported), exported, entries));
    };
  },
});
