import { type ActArguments, type RevocationEntry } from '../domain/act-arguments';
import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type ContentKey } from '../domain/content-key';
import { type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type Parameters, type ReasonAuthor } from '../domain/parameters';
import { type Revocation, type RevocationHead } from '../domain/revocation';
import { type Right } from '../domain/right';
import { RegistryError } from '../errors/registry-error';
import { assertReason, requireRole, standing } from './acts';
import { type ActContext, requireParameters } from './context';
import { releaseAll } from './releases';
import { appendRevocation, headWrite, type RevocationFields, revocationWrite } from './revocation-chain';
import {
  assertEntryForm,
  releaseSubject,
  requireSubject,
  restrictSubject,
  type SubjectDocument,
  subjectName,
  subjectReference,
  subjectWrite,
} from './revocation-subjects';

/** A subject's ledger value as loaded. */
export type SubjectState = Artifact | Actor | Right | ContentKey | undefined;

export interface IssueRevocationsState {
  readonly head: RevocationHead | undefined;
  /** The values of `subjectsOf(argument.entries)` by `subjectName`. */
  readonly subjects: ReadonlyMap<string, SubjectState>;
}

/**
 * revocation.issue: an organisation restricts up to 200 subjects, each under its own number. Only a hold can be lifted
 * later; everything else is final.
 *
 * @throws RegistryError ROLE_MISSING, PARAMETERS_MISSING, NOT_OPERATOR, REASON_UNKNOWN, SCHEMA_VIOLATION, DOMAIN_UNKNOWN, REVOKED,
 *   RESTRICTIONS_EXHAUSTED or the UNKNOWN code of a subject; a batch fails as a whole
 */
export function issueRevocations(
  state: IssueRevocationsState,
  argument: ActArguments['revocation.issue'],
  context: ActContext,
): RuleOutcome {
  const role = requireRole('revocation.issue', context.caller);
  const parameters = requireParameters(context);
  const author = standing(context.caller, role, parameters);
  const by = { msp_id: context.caller.mspId, role };
  const changed = new Map<string, SubjectDocument>();
  const writes: LedgerWrite[] = [];
  let { head } = state;
  for (const [index, wanted] of argument.entries.entries()) {
    assertEntry(wanted, `/entries/${index}`, parameters, author);
    const appended = appendRevocation(head, entryFields(wanted, by), context);
    head = appended.head;
    writes.push(revocationWrite(appended.entry));
    applyEntry(state, changed, appended.entry, wanted);
  }
  for (const subject of changed.values()) writes.push(subjectWrite(subject));
  if (head !== undefined) writes.push(headWrite(head));
  const last = head?.number ?? 0;
  const first = last - argument.entries.length + 1;
  return { writes, result: { id: String(last), type: 'revocation', first_number: first, last_number: last } };
}

function assertEntry(
  entry: RevocationEntry,
  base: string,
  parameters: Parameters,
  author: ReasonAuthor,
): void {
  assertEntryForm(entry, base);
  assertReason(parameters, entry.reason_code, author, entry.kind);
  const unknown = entry.scope?.domains?.find((domain) => !parameters.domains.includes(domain));
  if (unknown !== undefined) {
    throw new RegistryError('DOMAIN_UNKNOWN', `The domain ${unknown} is not in the parameters.`, {
      subject: unknown,
    });
  }
}

function entryFields(entry: RevocationEntry, by: Revocation['by']): RevocationFields {
  return {
    subject_type: entry.subject_type,
    subject_id: entry.subject_id,
    ...(entry.key_version === undefined ? {} : { key_version: entry.key_version }),
    kind: entry.kind,
    reason_code: entry.reason_code,
    ...(entry.scope === undefined ? {} : { scope: entry.scope }),
    ...(entry.limits === undefined ? {} : { limits: entry.limits }),
    ...(entry.note === undefined ? {} : { note: entry.note }),
    by,
    final: entry.kind !== 'hold',
  };
}

function applyEntry(
  { subjects }: IssueRevocationsState,
  changed: Map<string, SubjectDocument>,
  entry: Revocation,
  { kind }: RevocationEntry,
): void {
  const reference = subjectReference(entry);
  if (reference === undefined) return;
  const name = subjectName(reference);
  const subject = changed.get(name) ?? requireSubject(reference, subjects.get(name));
  changed.set(name, restrictSubject(subject, entry, kind));
}

export interface ReleaseRevocationState {
  readonly head: RevocationHead | undefined;
  /** Under argument.number. */
  readonly revocation: Revocation | undefined;
  /** Under `subjectReference(revocation)`; undefined for a device. */
  readonly subject: SubjectState;
}

/**
 * revocation.release: lifts a hold. The organisation that issued it may, and a regulator may lift an operator's: a single
 * operator must not be able to keep a subject on hold for ever. A maker's own hold is the maker's to lift.
 *
 * @throws RegistryError ROLE_MISSING, PARAMETERS_MISSING, NOT_OPERATOR, REVOCATION_UNKNOWN, REVOCATION_FINAL, REVOKED or
 *   ILLEGAL_TRANSITION
 */
export function releaseRevocation(
  state: ReleaseRevocationState,
  argument: ActArguments['revocation.release'],
  context: ActContext,
): RuleOutcome {
  const role = requireRole('revocation.release', context.caller);
  const parameters = requireParameters(context);
  const author = standing(context.caller, role, parameters);
  const lifted = requireLiftable(state.revocation, argument.number);
  assertMayLift(lifted, context.caller.mspId, author, parameters);
  const released = releaseAll(
    {
      head: state.head,
      numbers: [lifted.number],
      revocations: [lifted],
      by: { msp_id: context.caller.mspId, role },
      subjectId: lifted.subject_id,
      ...(argument.note === undefined ? {} : { note: argument.note }),
    },
    context,
  );
  const reference = subjectReference(lifted);
  const freed =
    reference === undefined
      ? []
      : [subjectWrite(releaseSubject(requireSubject(reference, state.subject), lifted))];
  return {
    writes: [...freed, ...released.writes],
    result: { id: String(released.range.last_number), type: 'revocation', ...released.range },
  };
}

function requireLiftable(revocation: Revocation | undefined, number: number): Revocation {
  if (revocation?.number !== number) {
    throw new RegistryError('REVOCATION_UNKNOWN', `There is no revocation ${number}.`, {
      subject: String(number),
    });
  }
  if (revocation.final || revocation.kind !== 'hold') {
    throw new RegistryError(
      'REVOCATION_FINAL',
      `Revocation ${number} is a ${revocation.kind}; only a hold is lifted.`,
      {
        subject: String(number),
      },
    );
  }
  return revocation;
}

function assertMayLift(
  lifted: Revocation,
  mspId: string,
  author: ReasonAuthor,
  parameters: Parameters,
): void {
  const issuer = 'msp_id' in lifted.by ? lifted.by.msp_id : undefined;
  const isOversight =
    author === 'regulator' && issuer !== undefined && !parameters.regulators.includes(issuer);
  if (issuer !== mspId && !isOversight) {
    throw new RegistryError(
      'NOT_OPERATOR',
      issuer === undefined
        ? 'The maker issued this hold and alone lifts it.'
        : `${issuer} issued this hold and alone, or a regulator for an operator’s, lifts it.`,
      { subject: String(lifted.number) },
    );
  }
}
