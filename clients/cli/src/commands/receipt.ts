import { ClientError } from '@maker-registry/sdk';
import { GATEWAY_HELP, gatewayOptions, type Given, optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { storeReceipt } from '../store-receipt';
import { waitSeconds, withClient } from '../submit';
import { oneWord } from '../words';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const receipt: CliCommand = {
  name: 'receipt',
  summary: 'Fetch a transaction’s receipt: proof of its verdict that needs no server.',
  help: `registry receipt ID --out FILE [--kind attested|block] [--core] [--wait SECONDS]

ID is that of a transaction or of an operation. An attested receipt holds the transaction and its verdict, signed by operators'
peers; a block receipt also its block with the orderers' signatures. A refused transaction has one too: it proves that nothing
was written, and why. --core leaves the channel's configurations out, for a verifier that holds them. Waits, 30 s unless given,
while the transaction settles.

Verify it anywhere with: registry verify receipt FILE --genesis HASH
${GATEWAY_HELP}`,
  options: { ...gatewayOptions, out: 'text', kind: 'text', core: 'switch', wait: 'text' },
  takesWords: true,
  run: async ({ given, rest }, context) => {
    const id = oneWord(rest, 'transaction or operation');
    const file = required(given, 'out');
    const request = { kind: kindOf(given), core: given['core'] === true, wait: waitSeconds(given) };
    const bytes = await withClient(given, context, ({ receipts }) =>
      UUID.test(id) ? receipts.operation(id, request) : receipts.transaction(id, request),
    );
    return await storeReceipt(file, bytes);
  },
};

function kindOf(given: Given): 'attested' | 'block' {
  const kind = optional(given, 'kind') ?? 'attested';
  if (kind === 'attested' || kind === 'block') return kind;
  throw new ClientError('USAGE', '--kind is attested or block.', { subject: 'kind' });
}
