import { type Author } from '../domain/common';
import { type LedgerWrite } from '../domain/ledger';
import { type Revocation, type RevocationHead } from '../domain/revocation';
import { RegistryError } from '../errors/registry-error';
import { type TransactionContext } from './context';
import { appendRevocation, headWrite, markLifted, releaseFields, revocationWrite } from './revocation-chain';

export interface ReleaseRequest {
  readonly head: RevocationHead | undefined;
  /** Numbers to lift. */
  readonly numbers: readonly number[];
  /** The entries of these numbers. */
  readonly revocations: readonly (Revocation | undefined)[];
  readonly by: Author;
  readonly subjectId: string;
  /** Instead of the lifted entry's own reason code. */
  readonly reasonCode?: string;
  readonly note?: string;
}

export interface Released {
  readonly writes: readonly LedgerWrite[];
  readonly range: { readonly first_number: number; readonly last_number: number };
}

/** Lifts each numbered entry by one new entry. Throws ILLEGAL_TRANSITION where there is nothing to lift. */
export function releaseAll(request: ReleaseRequest, context: TransactionContext): Released {
  if (request.numbers.length === 0) {
    throw new RegistryError('ILLEGAL_TRANSITION', 'There is no restriction that this act could lift.', {
      subject: request.subjectId,
    });
  }
  const writes: LedgerWrite[] = [];
  let { head } = request;
  for (const number of request.numbers) {
    const lifted = requireOpen(request.revocations, number);
    const fields = releaseFields(lifted, request.by, request.reasonCode ?? lifted.reason_code, request.note);
    const appended = appendRevocation(head, fields, context);
    head = appended.head;
    writes.push(revocationWrite(markLifted(lifted, appended.entry)), revocationWrite(appended.entry));
  }
  const last = head?.number ?? 0;
  if (head !== undefined) writes.push(headWrite(head));
  return { writes, range: { first_number: last - request.numbers.length + 1, last_number: last } };
}

function requireOpen(revocations: readonly (Revocation | undefined)[], number: number): Revocation {
  const entry = revocations.find((candidate) => candidate?.number === number);
  if (entry === undefined) {
    throw new RegistryError('REVOCATION_UNKNOWN', `There is no revocation ${number}.`, {
      subject: String(number),
    });
  }
  if (entry.lifted !== undefined) {
    throw new RegistryError('ILLEGAL_TRANSITION', `Revocation ${number} is already lifted.`, {
      subject: String(number),
    });
  }
  return entry;
}
