import { type GuardCommand } from './command';
import { GATEWAY_HELP, gatewayOptions, openClient, optional } from './options';
import { pinKeys } from './pin-keys';
import { defaultStateDirectory, StateDirectory } from '../state/state-directory';

export const pin: GuardCommand = {
  summary: 'Trust an operator’s token and list keys, after comparing their fingerprint.',
  help: `guard pin --operator MSP_ID (--fingerprint HEX | --trust-first) [--threshold K] [--state DIR]

Fetches the operator's public keys once and keeps them. From then on tokens and revocation lists count only when signed
by pinned keys. Without --fingerprint it shows the fingerprint and pins nothing; --trust-first takes the keys unseen.

The gateway's address is kept too: pin every operator, and guard run goes on with another gateway when one is away, and
collects the shares of a split content key from as many as it takes.

With --threshold, K of the pinned operators have to vouch for the lists by which guard run goes on, so that no single one can
hide a revocation. Pin at least K.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    state: 'text',
    operator: 'text',
    fingerprint: 'text',
    'trust-first': 'switch',
    threshold: 'text',
  },
  run: async ({ given }, { environment, tell, print }) => {
    const state = await StateDirectory.open(optional(given, 'state') ?? defaultStateDirectory(environment));
    const client = await openClient(given, environment);
    try {
      const result = await pinKeys(client, state, given, environment);
      tell('pinned', { operator: result.operator, fingerprint: result.fingerprint });
      print(result);
      return 0;
    } finally {
      client.close();
    }
  },
};
