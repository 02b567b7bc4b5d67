import { isRegistryError, MAX_BATCH_RECORDS, RegistryError } from '@maker-registry/protocol';
import { type ClaimItem } from './claim-files';
import { type CliContext } from './command';
import { type Committed } from './submit';

/** What a run of batches made. */
export interface RegisteredClaims {
  readonly records: number;
  readonly batches: readonly Omit<Committed, 'result'>[];
}

const POINTER = /^\/(?:body\/)?records\/([0-9]+)/;

/**
 * Registers claims in batches of at most 200, each one transaction, all or nothing. A refused item ends it.
 *
 * @param submit submits one batch
 * @throws RegistryError with the ledger's code; `subject` is the place of the item
 */
export async function registerClaims(
  items: readonly ClaimItem[],
  tell: CliContext['tell'],
  submit: (batch: readonly ClaimItem[]) => Promise<Committed>,
): Promise<RegisteredClaims> {
  const batches: Omit<Committed, 'result'>[] = [];
  for (let start = 0; start < items.length; start += MAX_BATCH_RECORDS) {
    const batch = items.slice(start, start + MAX_BATCH_RECORDS);
    const { operation_id, tx_id, block } = await submit(batch).catch((error: unknown) => {
      throw aboutItem(error, batch, start);
    });
    batches.push({ operation_id, tx_id, block });
    tell({ event: 'progress', registered: start + batch.length, of: items.length });
  }
  return { records: items.length, batches };
}

/** A refusal by the place of the item, which its pointer counts within the batch. */
function aboutItem(error: unknown, batch: readonly ClaimItem[], before: number): unknown {
  if (!isRegistryError(error)) return error;
  const index = POINTER.exec(error.subject ?? '')?.[1];
  const item = index === undefined ? undefined : batch[Number(index)];
  if (item === undefined) return error;
  return new RegistryError(
    error.code,
    `${item.place} was refused: ${error.message} Registered before it: ${before}; of its own batch: none.`,
    { subject: item.place, cause: error },
  );
}
