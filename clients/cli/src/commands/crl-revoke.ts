import { assertReason } from '../crl/bulk-file';
import { instant, type TargetDefaults, usage } from '../crl/certificate-target';
import { CONFIRMATION_HELP, confirmationOptions } from '../crl/confirmation';
import { isDevice, revokeDevice } from '../crl/device';
import { revokeCertificates, TLS_IDENTITY_HELP, tlsIdentityOptions } from '../crl/revoking';
import { TARGET_HELP, targetOptions } from '../crl/targets';
import { type Given, optional } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions } from '../perform';
import { withClient } from '../submit';

/** Revokes for good: on the ledger, from where CRLs and gateways have it, and at the Fabric CA. */
export const crlRevoke: CliCommand = {
  name: 'crl revoke',
  summary: 'Revoke certificates of your organization for good.',
  help: `registry crl revoke --serial HEX --aki HEX | --certificate FILE | --enrollment-id ID | --file FILE | --device ID
    [--reason WORD] [--invalid-since TIME] [--ticket TEXT] [--dry-run] [--yes] …

As CA admin: on the ledger, in transactions of up to 500 certificates, and at your Fabric CA. What is revoked already is
passed over, so a run that was cut short is simply repeated. Your CRL follows within seconds; peers refuse once an
administrator has put it into the channel (registry crl channel). A device has no certificate of ours: --device revokes
it in the registry, with --reason-code of the parameters.
${TARGET_HELP}
  --device ID              an enrolled device
  --reason WORD            keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation,
                           privilegeWithdrawn or aACompromise; unspecified unless given
  --invalid-since TIME     since when the key is believed to be misused, Unix seconds or 2026-11-26T03:00:00Z
  --ticket TEXT            kept with each certificate
  --note TEXT              stays in the transaction
${CONFIRMATION_HELP}
${TLS_IDENTITY_HELP}
${ACT_HELP}

Example: registry crl revoke --file incident.csv --reason keyCompromise --ticket INC-7 --dry-run \\
    --msp Op1MSP --identity-cert caadmin.pem --identity-key caadmin.key`,
  options: {
    ...actOptions,
    ...targetOptions,
    ...confirmationOptions,
    ...tlsIdentityOptions,
    device: 'text',
    reason: 'text',
    'reason-code': 'text',
    'invalid-since': 'text',
    ticket: 'text',
    note: 'text',
  },
  run: async ({ given }, context) => {
    if (isDevice(given)) return await revokeDevice(given, context, 'revoke');
    const defaults = defaultsOf(given);
    return await withClient(given, context, (client) =>
      revokeCertificates(client, given, context, { defaults, hold: false }),
    );
  },
};

function defaultsOf(given: Given): TargetDefaults {
  const [reason, since, ticket] = ['reason', 'invalid-since', 'ticket'].map((name) => optional(given, name));
  return {
    ...(reason === undefined ? {} : { reason: assertFinal(reason) }),
    ...(since === undefined ? {} : { invalidity_date: instant(since, '--invalid-since') }),
    ...(ticket === undefined ? {} : { ticket }),
  };
}

function assertFinal(text: string): NonNullable<TargetDefaults['reason']> {
  const reason = assertReason(text, '--reason');
  if (reason !== 'certificateHold') return reason;
  throw usage('--reason: a hold is put on by registry crl suspend.');
}
