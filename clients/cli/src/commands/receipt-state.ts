import { ClientError } from '@maker-registry/sdk';
import { GATEWAY_HELP, gatewayOptions, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { storeReceipt } from '../store-receipt';
import { withClient } from '../submit';

export const receiptState: CliCommand = {
  name: 'receipt state',
  summary: 'Fetch the receipt of a document as the ledger has it.',
  help: `registry receipt state FUNCTION [ARGUMENT …] --out FILE [--core]

Operators' peers read the document and sign what they read; the transaction that wrote it goes with it. FUNCTION is that of a
contract which reads one document: actors:Get, artifacts:Get, rights:Get, revocations:Get, parameters:Get and so on.

Example: registry receipt state rights:Get $RIGHT --out right.receipt
${GATEWAY_HELP}`,
  options: { ...gatewayOptions, out: 'text', core: 'switch' },
  takesWords: true,
  run: async ({ given, rest }, context) => {
    const file = required(given, 'out');
    const [name, ...args] = rest;
    if (name === undefined) throw new ClientError('USAGE', 'Name the function to read with.');
    const request = { core: given['core'] === true };
    const bytes = await withClient(given, context, ({ receipts }) => receipts.state(name, args, request));
    return await storeReceipt(file, bytes);
  },
};
