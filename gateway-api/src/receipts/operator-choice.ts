import {
  type ChannelConfig,
  type EndorsedAnswer,
  operatorsOf,
  policySatisfied,
  type Principal,
  type SignaturePolicy,
} from '@maker-registry/fabric-proofs';
import { RegistryError } from '@maker-registry/protocol';
import { judgeEndorseError } from '../fabric/errors';
import { MAX_OPERATOR_SETS } from './limits';
import { blamed, type LedgerQuestions, type Question } from './ledger-questions';

/** Part of the peer; their refusals mean that a peer does not know what was asked for. */
const SYSTEM_CHAINCODES: ReadonlySet<string> = new Set(['qscc', 'cscc']);

const isPeerOf = (mspId: string, principal: Principal): boolean =>
  principal.kind === 'role' && principal.mspId === mspId;

/** The first of the candidates that together satisfy the policy; undefined when all of them don't. */
function enough(policy: SignaturePolicy, candidates: readonly string[]): string[] | undefined {
  for (let count = 1; count <= candidates.length; count += 1) {
    const chosen = candidates.slice(0, count);
    if (policySatisfied(policy, chosen, isPeerOf)) return chosen;
  }
  return undefined;
}

/**
 * Asks as many operators as the channel's endorsement policy wants, preferred ones and the own one first; who is away or behind is left out and
 * another asked in its place.
 *
 * @throws RegistryError RECEIPT_UNAVAILABLE with the last error as its cause
 */
export async function askEnoughOperators(
  questions: LedgerQuestions,
  question: Question,
  config: ChannelConfig,
  ownMspId: string,
  preferred: readonly string[] = [],
): Promise<EndorsedAnswer> {
  const { endorsement } = config;
  const operators = operatorsOf(config);
  const wanted = new Set([...preferred, ownMspId, ...operators]);
  let candidates = [...wanted].filter((mspId) => operators.has(mspId));
  let cause: unknown;
  for (let attempt = 0; attempt < MAX_OPERATOR_SETS; attempt += 1) {
    const chosen = endorsement === null ? undefined : enough(endorsement, candidates);
    if (chosen === undefined) break;
    try {
      return await questions.askOperators(question, chosen);
    } catch (error) {
      cause = error;
      refuseIfContract(question, error, ownMspId);
      const away = blamed(error, chosen);
      candidates = away.length === 0 ? rotated(candidates) : candidates.filter((one) => !away.includes(one));
    }
  }
  throw new RegistryError(
    'RECEIPT_UNAVAILABLE',
    'Fewer operators answer alike than the channel’s policy asks for.',
    {
      cause,
    },
  );
}

/** What the registry's own contract refuses, other operators would refuse too: there is nothing to prove. */
function refuseIfContract({ chaincode }: Question, error: unknown, ownMspId: string): void {
  if (SYSTEM_CHAINCODES.has(chaincode)) return;
  const verdict = judgeEndorseError(error, ownMspId);
  if (verdict.kind === 'refused') throw verdict.error;
}

/** The second goes to the end: the own one stays first. */
function rotated([first, second, ...rest]: readonly string[]): string[] {
  return [first, ...rest, second].filter((one) => one !== undefined);
}
