import { CONFIRMATION_HELP, confirmationOptions } from '../crl/confirmation';
import { isDevice, revokeDevice } from '../crl/device';
import { revokeCertificates, TLS_IDENTITY_HELP, tlsIdentityOptions } from '../crl/revoking';
import { TARGET_HELP, targetOptions } from '../crl/targets';
import { optional } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions } from '../perform';
import { withClient } from '../submit';

/** Puts certificates on hold, which can be lifted. */
export const crlSuspend: CliCommand = {
  name: 'crl suspend',
  summary: 'Put certificates of your organization on hold.',
  help: `registry crl suspend --serial HEX --aki HEX | --certificate FILE | --enrollment-id ID | --file FILE | --device ID
    [--ticket TEXT] [--dry-run] …

Refused like revoked ones until registry crl lift. Fabric CA knows no hold that can be lifted: it is not told.
${TARGET_HELP}
  --device ID              an enrolled device, with --reason-code; lifted by registry revocation release
  --ticket TEXT            kept with each certificate
  --note TEXT              stays in the transaction
${TLS_IDENTITY_HELP}
${CONFIRMATION_HELP}
${ACT_HELP}

Example: registry crl suspend --certificate lost.pem --ticket INC-8 \\
    --msp Op1MSP --identity-cert caadmin.pem --identity-key caadmin.key`,
  options: {
    ...actOptions,
    ...targetOptions,
    ...confirmationOptions,
    ...tlsIdentityOptions,
    device: 'text',
    'reason-code': 'text',
    ticket: 'text',
    note: 'text',
  },
  run: async ({ given }, context) => {
    if (isDevice(given)) return await revokeDevice(given, context, 'hold');
    const ticket = optional(given, 'ticket');
    const defaults = { reason: 'certificateHold', ...(ticket === undefined ? {} : { ticket }) } as const;
    return await withClient(given, context, (client) =>
      revokeCertificates(client, given, context, { defaults, hold: true }),
    );
  },
};
