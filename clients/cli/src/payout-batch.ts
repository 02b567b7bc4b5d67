import { decodeUtf8, isRegistryError, RegistryError, type Withdrawal } from '@maker-registry/protocol';
import {
  instructionCommitment,
  parseInstruction,
  type Payment,
  type PayoutInstruction,
} from '@maker-registry/payouts';
import { filesAt } from './desk-files';
import { readInput } from './input-file';

/** What can be paid, and what waits for its beneficiary's instruction. */
export interface PayableBatch {
  readonly payments: readonly Payment[];
  /** Withdrawal ids. */
  readonly withoutInstruction: readonly string[];
}

/** Instructions by their commitments. Throws FILE_UNREADABLE and the codes of a malformed instruction with its file. */
export async function readInstructions(path: string): Promise<ReadonlyMap<string, PayoutInstruction>> {
  const instructions = new Map<string, PayoutInstruction>();
  for (const file of await filesAt(path)) {
    const instruction = await readInstruction(file);
    instructions.set(instructionCommitment(instruction), instruction);
  }
  return instructions;
}

async function readInstruction(file: string): Promise<PayoutInstruction> {
  const bytes = await readInput(file);
  try {
    return parseInstruction(decodeUtf8(bytes));
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    throw new RegistryError(error.code, `${file}: ${error.message}`, { subject: file, cause: error });
  }
}

/** Pairs withdrawals with the instructions that they commit to. */
export function payableBatch(
  withdrawals: readonly Withdrawal[],
  instructions: ReadonlyMap<string, PayoutInstruction>,
): PayableBatch {
  const payments: Payment[] = [];
  const withoutInstruction: string[] = [];
  for (const withdrawal of withdrawals) {
    const instruction = instructions.get(withdrawal.instruction_commitment);
    if (instruction === undefined) withoutInstruction.push(withdrawal.withdrawal_id);
    else payments.push({ withdrawal, instruction });
  }
  return { payments, withoutInstruction };
}
