/** Characters of a withdrawal's id in a payment: 128 of its 256 bits, because Max35Text does not hold all of it. */
const END_TO_END_ID_LENGTH = 32;

/**
 * What a payment carries from the debtor to the creditor and back through every bank, and by which a notification is
 * matched. Two withdrawals of one batch that would share it are refused by the writer.
 */
export function endToEndId(withdrawalId: string): string {
  return withdrawalId.slice(0, END_TO_END_ID_LENGTH);
}
