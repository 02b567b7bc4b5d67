import { parseStrictJson, simulateSettlement } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';
import { MAX_INPUT_BYTES } from '../limits';

export const settleSimulate: CliCommand = {
  name: 'settle simulate',
  summary: 'Compute who would be paid what, from a file.',
  help: `registry settle simulate --in FILE

FILE holds JSON {"amount","currency","records"} and where wanted "fee_bps" and "mode" (permissive, strict). records are the
sold record, its parent, and so on: each with beneficiaries, shares_bps and derivative_royalty_bps, or with an owner; null
is a parent that nobody registered. It divides as the ledger does; amounts are minor units. - reads standard input. Needs
no gateway.

Example: registry settle simulate --in case.json`,
  options: { in: 'text' },
  run: async ({ given }) =>
    simulateSettlement(
      parseStrictJson(await readInput(required(given, 'in')), { maxBytes: MAX_INPUT_BYTES }),
    ),
};
