import { approveParameters, ledgerKeys, proposalId, proposeParameters } from '@maker-registry/protocol';
import { runAct } from '../act-transaction';
import { idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** The rules that operators change by majority: gates, fees, reasons, the members themselves. */
export class ParametersContract extends RegistryContract {
  constructor() {
    super('parameters');
  }

  async Propose(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'parameters.propose',
      argument,
      async ({ argument: wanted, ledger, context: rule }) => {
        const id = proposalId(wanted.parameters);
        const existing = await ledger.get('proposal', ledgerKeys.proposal(id));
        return proposeParameters({ existing }, wanted, rule);
      },
    );
  }

  async Approve(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'parameters.approve',
      argument,
      async ({ argument: wanted, ledger, context: rule }) => {
        const proposal = await ledger.get('proposal', ledgerKeys.proposal(wanted.proposal_id));
        return approveParameters({ proposal }, wanted, rule);
      },
    );
  }

  /** The parameters in force. */
  async Get(context: RegistryContext): Promise<string> {
    return readDocument(context, 'parameters', ledgerKeys.parameters(), 'PARAMETERS_MISSING');
  }

  async GetProposal(context: RegistryContext, id: string): Promise<string> {
    return readDocument(context, 'proposal', ledgerKeys.proposal(idArgument(id)), 'PROPOSAL_UNKNOWN');
  }
}
