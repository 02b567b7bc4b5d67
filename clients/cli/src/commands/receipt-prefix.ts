import { GATEWAY_HELP, gatewayOptions, optional, required, wholeNumber } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { storeReceipt } from '../store-receipt';
import { withClient } from '../submit';

export const receiptPrefix: CliCommand = {
  name: 'receipt prefix',
  summary: 'Fetch what operators state of the whole ledger up to a block.',
  help: `registry receipt prefix [--block NUMBER] --out FILE [--core]

Each operator's peer signs the block with its commit hash, which covers every verdict and every write before it. Without
--block it is the newest. The block is in the file once for each operator: choose a small one.
${GATEWAY_HELP}`,
  options: { ...gatewayOptions, block: 'text', out: 'text', core: 'switch' },
  run: async ({ given }, context) => {
    const file = required(given, 'out');
    const text = optional(given, 'block');
    const block =
      text === undefined ? undefined : wholeNumber(text, 'block', { min: 1, max: Number.MAX_SAFE_INTEGER });
    const request = { core: given['core'] === true };
    const bytes = await withClient(given, context, ({ receipts }) => receipts.prefix(block, request));
    return await storeReceipt(file, bytes);
  },
};
