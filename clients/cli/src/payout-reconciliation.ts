import { assertSchema, decodeUtf8, type JsonSchema, type Withdrawal } from '@maker-registry/protocol';
import { type RegistryClient } from '@maker-registry/sdk';
import { iso20022Rail, type NotificationEntry, type Reconciliation } from '@maker-registry/payouts';
import { filesAt } from './desk-files';
import { readInput } from './input-file';
import { readJsonFile } from './json-file';
import { MAX_NOTIFICATION_BYTES } from './limits';

const TABLE: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'string', pattern: '^[0-9a-f]{64}$' },
};

/** The tables of all exports as one: end-to-end id → withdrawal id. Throws SCHEMA_VIOLATION, USAGE, FILE_UNREADABLE. */
export async function readTables(path: string): Promise<ReadonlyMap<string, string>> {
  const rows: [string, string][] = [];
  for (const file of await filesAt(path)) {
    const table = await readJsonFile(file);
    assertSchema(TABLE, table);
    rows.push(...Object.entries(table as Record<string, string>));
  }
  return new Map(rows);
}

/** The entries of all notifications. Throws what the rail throws for a file that is not one. */
export async function readNotifications(path: string): Promise<readonly NotificationEntry[]> {
  const entries: NotificationEntry[] = [];
  for (const file of await filesAt(path)) {
    const text = decodeUtf8(await readInput(file, MAX_NOTIFICATION_BYTES));
    entries.push(...iso20022Rail.readReport(text).entries);
  }
  return entries;
}

/** The withdrawals of the tables as they are now, one after the other. */
export async function readWithdrawals(
  { read }: RegistryClient,
  exported: ReadonlyMap<string, string>,
): Promise<readonly Withdrawal[]> {
  const withdrawals: Withdrawal[] = [];
  for (const id of new Set(exported.values())) withdrawals.push(await read.royalties.withdrawal(id));
  return withdrawals;
}

/** The reconciliation in the words of other documents, with withdrawals by their ids. */
export function reconciliationDocument(found: Reconciliation): object {
  return {
    paid: found.paid.map(({ withdrawal, entry }) => ({ withdrawal_id: withdrawal.withdrawal_id, entry })),
    returned: found.returned.map(({ withdrawal, reason, entry }) => ({
      withdrawal_id: withdrawal.withdrawal_id,
      reason,
      entry,
    })),
    amount_mismatch: found.amountMismatch.map(({ withdrawal, entry }) => ({
      withdrawal_id: withdrawal.withdrawal_id,
      amount: withdrawal.amount,
      currency: withdrawal.currency,
      entry,
    })),
    unmatched: found.unmatched,
    known: found.known.length,
    outstanding: found.outstanding.map(({ withdrawal_id: id }) => id),
  };
}
