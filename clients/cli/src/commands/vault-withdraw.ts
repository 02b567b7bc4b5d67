import { decodeUtf8 } from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { instructionCommitment, parseInstruction } from '@maker-registry/payouts';
import { required } from '@maker-registry/guard';
import { collectCommand } from '../collect-command';
import { readInput } from '../input-file';
import { COLLECT_HELP } from '../open-credits';

export const vaultWithdraw = collectCommand({
  name: 'vault withdraw',
  summary: 'Order a payout from your vault, collecting what is open.',
  usage: '--amount MINOR_UNITS --instruction FILE',
  about: `FILE says where to pay: JSON {"beneficiary","name","iban","salt"} and where needed "bic" and "country". It stays here:
the ledger gets its commitment, and you send the file to the payout desk yourself.

${COLLECT_HELP}`,
  example: '--amount 5000 --instruction instruction.json',
  options: { amount: 'text', instruction: 'text' },
  type: 'vault.withdraw',
  more: async (given, actorId) => {
    const amount = required(given, 'amount');
    const instruction = parseInstruction(decodeUtf8(await readInput(required(given, 'instruction'))));
    // A desk pays no instruction of somebody else; the order would only come back.
    if (instruction.beneficiary !== actorId) {
      throw new ClientError('USAGE', 'The instruction’s beneficiary is not the actor of --actor-key.', {
        subject: 'instruction',
      });
    }
    return { amount, instruction_commitment: instructionCommitment(instruction) };
  },
});
