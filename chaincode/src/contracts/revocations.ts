import {
  issueRevocations,
  ledgerKeys,
  releaseRevocation,
  subjectName,
  subjectReference,
  subjectsOf,
  type SubjectReference,
  type SubjectState,
} from '@maker-registry/protocol';
import { runAct } from '../act-transaction';
import type { Ledger } from '../ledger/ledger';
import { loadRevocationHead } from '../ledger/load-revocations';
import { counterArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** The numbered, hash-chained list of what operators and regulators have restricted. */
export class RevocationsContract extends RegistryContract {
  constructor() {
    super('revocations');
  }

  async Issue(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'revocation.issue',
      argument,
      async ({ argument: wanted, ledger, context: rule }) => {
        const subjects = new Map<string, SubjectState>();
        for (const reference of subjectsOf(wanted.entries)) {
          subjects.set(subjectName(reference), await loadSubject(ledger, reference));
        }
        return issueRevocations({ head: await loadRevocationHead(ledger), subjects }, wanted, rule);
      },
    );
  }

  async Release(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'revocation.release',
      argument,
      async ({ argument: wanted, ledger, context: rule }) => {
        const revocation = await ledger.get('revocation', ledgerKeys.revocation(wanted.number));
        const reference = revocation === undefined ? undefined : subjectReference(revocation);
        const subject = reference === undefined ? undefined : await loadSubject(ledger, reference);
        return releaseRevocation(
          { head: await loadRevocationHead(ledger), revocation, subject },
          wanted,
          rule,
        );
      },
    );
  }

  async Get(context: RegistryContext, number: string): Promise<string> {
    const id = ledgerKeys.revocation(counterArgument(number));
    return readDocument(context, 'revocation', id, 'REVOCATION_UNKNOWN');
  }

  /** The end of the chain: the latest number and its hash. */
  async GetHead(context: RegistryContext): Promise<string> {
    return readDocument(context, 'revocation-head', ledgerKeys['revocation-head'](), 'REVOCATION_UNKNOWN');
  }
}

async function loadSubject(ledger: Ledger, { kind, id }: SubjectReference): Promise<SubjectState> {
  return ledger.get(kind, ledgerKeys[kind](id));
}
