import { type ActArguments } from '../domain/act-arguments';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type Approval, type Parameters, type Proposal } from '../domain/parameters';
import { RegistryError } from '../errors/registry-error';
import { proposalId } from '../identifiers';
import { requireRole } from './acts';
import { type ActContext, ledgerTime } from './context';

export interface ProposeParametersState {
  /** State under the id of the proposed parameters (`proposalId`). */
  readonly existing: Proposal | undefined;
}

/**
 * parameters.propose: an operator proposes the next parameters, which counts as its approval. The first ones ever need a
 * majority of the operators that they name themselves; all later ones, of the operators in force.
 *
 * @throws RegistryError ROLE_MISSING, NOT_OPERATOR, PROPOSAL_EXISTS, PROPOSAL_STALE or PARAMETERS_INVALID
 */
export function proposeParameters(
  state: ProposeParametersState,
  argument: ActArguments['parameters.propose'],
  context: ActContext,
): RuleOutcome {
  const { parameters } = argument;
  requireRole('parameters.propose', context.caller);
  const id = proposalId(parameters);
  assertElector(context, parameters);
  if (state.existing !== undefined) {
    throw new RegistryError('PROPOSAL_EXISTS', 'These parameters are already proposed.', { subject: id });
  }
  assertSuccessor(parameters, context.parameters);
  assertConsistent(parameters);
  const proposal: Proposal = {
    proposal_id: id,
    parameters,
    approvals: [approval(context)],
    status: 'open',
    proposed: ledgerTime(context),
  };
  return decide(proposal, context);
}

/**
 * parameters.approve: one operator approves; with the approval that makes the majority the parameters apply at once.
 *
 * @throws RegistryError ROLE_MISSING, NOT_OPERATOR, PROPOSAL_UNKNOWN, PROPOSAL_APPLIED, PROPOSAL_STALE or ALREADY_APPROVED
 */
export function approveParameters(
  state: { readonly proposal: Proposal | undefined },
  argument: ActArguments['parameters.approve'],
  context: ActContext,
): RuleOutcome {
  const { proposal } = state;
  requireRole('parameters.approve', context.caller);
  if (proposal === undefined) {
    throw new RegistryError('PROPOSAL_UNKNOWN', 'There is no such proposal.', {
      subject: argument.proposal_id,
    });
  }
  assertElector(context, proposal.parameters);
  if (proposal.status === 'applied') {
    throw new RegistryError('PROPOSAL_APPLIED', 'The proposal is already applied.', {
      subject: proposal.proposal_id,
    });
  }
  assertSuccessor(proposal.parameters, context.parameters);
  if (proposal.approvals.some(({ msp_id }) => msp_id === context.caller.mspId)) {
    throw new RegistryError('ALREADY_APPROVED', `${context.caller.mspId} has approved this proposal.`, {
      subject: proposal.proposal_id,
    });
  }
  return decide({ ...proposal, approvals: [...proposal.approvals, approval(context)] }, context);
}

function approval({ caller, txId, at }: ActContext): Approval {
  return { msp_id: caller.mspId, tx_id: txId, at };
}

function electors({ parameters }: ActContext, proposed: Parameters): readonly string[] {
  return (parameters ?? proposed).operators;
}

function assertElector(context: ActContext, proposed: Parameters): void {
  const { mspId } = context.caller;
  if (!electors(context, proposed).includes(mspId)) {
    throw new RegistryError('NOT_OPERATOR', `${mspId} is not an operator of this network.`, {
      subject: mspId,
    });
  }
}

/** The proposal as it stands, with the parameters themselves where a majority has approved. */
function decide(proposal: Proposal, context: ActContext): RuleOutcome {
  const voters = electors(context, proposal.parameters);
  // An operator may have left since it approved; its voice left with it.
  const votes = proposal.approvals.filter(({ msp_id }) => voters.includes(msp_id)).length;
  const isApplied = votes * 2 > voters.length;
  const decided: Proposal = isApplied
    ? { ...proposal, status: 'applied', applied: ledgerTime(context) }
    : proposal;
  const writes: LedgerWrite[] = [
    { kind: 'proposal', id: ledgerKeys.proposal(proposal.proposal_id), value: decided },
  ];
  if (isApplied) writes.push({ kind: 'parameters', id: ledgerKeys.parameters(), value: proposal.parameters });
  return { writes, result: { id: proposal.proposal_id, type: 'proposal', state: decided.status } };
}

/** Each version follows the one in force: two proposals for one version cannot both apply. */
function assertSuccessor(proposed: Parameters, current: Parameters | undefined): void {
  const expected = (current?.version ?? 0) + 1;
  if (proposed.version !== expected) {
    throw new RegistryError('PROPOSAL_STALE', `The next parameters have version ${expected}.`, {
      subject: '/parameters/version',
    });
  }
  if (current !== undefined && proposed.network !== current.network) {
    throw new RegistryError('PARAMETERS_INVALID', 'The network never changes.', {
      subject: '/parameters/network',
    });
  }
}

/** What the schema cannot say. Throws PARAMETERS_INVALID. */
function assertConsistent({ operators, regulators, reason_codes }: Parameters): void {
  const double = operators.find((mspId) => regulators.includes(mspId));
  if (double !== undefined) {
    throw new RegistryError('PARAMETERS_INVALID', `${double} cannot be operator and regulator.`, {
      subject: '/parameters/regulators',
    });
  }
  if (new Set(reason_codes.map(({ code }) => code)).size !== reason_codes.length) {
    throw new RegistryError('PARAMETERS_INVALID', 'A reason code is defined twice.', {
      subject: '/parameters/reason_codes',
    });
  }
}
