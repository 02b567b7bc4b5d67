import { type Revocation, type RevocationHead, type SubjectType } from '../domain/revocation';
import { sha256Hex } from '../encoding/hash';
import {
  appendRevocation,
  markLifted,
  releaseFields,
  type RevocationFields,
} from '../rules/revocation-chain';

export const LEDGER_TIME = 1_799_000_000;

/** A ledger's revocation chain in memory, as the rules append to it. */
export class RevocationLedger {
  readonly entries: Revocation[] = [];
  head: RevocationHead | undefined;

  /** Appends a restriction and gives its number. */
  restrict(
    subject_type: SubjectType,
    name: string,
    more: Partial<Omit<RevocationFields, 'subject_type' | 'subject_id'>> = {},
  ): number {
    const kind = more.kind ?? 'revoke';
    return this.#append({
      subject_type,
      subject_id: sha256Hex(name),
      kind,
      reason_code: 'key-compromise',
      by: { msp_id: 'Op1MSP', role: 'ca-admin' },
      final: kind !== 'hold',
      ...(subject_type === 'key' ? { key_version: 1 } : {}),
      ...more,
    });
  }

  /** Lifts an entry and gives the release's number. */
  lift(number: number): number {
    const index = this.entries.findIndex((entry) => entry.number === number);
    const lifted = this.entries[index];
    if (lifted === undefined) throw new Error(`no entry ${number}`);
    const release = this.#append(
      releaseFields(lifted, { msp_id: 'Op1MSP', role: 'ca-admin' }, lifted.reason_code),
    );
    const entry = this.entries.find(({ number: one }) => one === release);
    if (entry !== undefined) this.entries[index] = markLifted(lifted, entry);
    return release;
  }

  #append(fields: RevocationFields): number {
    const number = (this.head?.number ?? 0) + 1;
    const { entry, head } = appendRevocation(this.head, fields, {
      txId: sha256Hex(`tx ${number}`),
      at: LEDGER_TIME + number,
    });
    this.entries.push(entry);
    this.head = head;
    return number;
  }
}
