import { type RegistryClient } from '@maker-registry/sdk';
import { type Given, optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { fabricIdentityOf } from '../fabric-identity';
import { readInput } from '../input-file';
import { MAX_CRL_FILE_BYTES } from '../limits';
import { ACT_HELP, actOptions } from '../perform';
import { withClient } from '../submit';

/** Puts the organization's CRL into the channel's configuration, from where every peer refuses what it lists. */
export const crlChannel: CliCommand = {
  name: 'crl channel',
  summary: 'Put your organization’s CRL into the channel’s configuration.',
  help: `registry crl channel [--crl FILE] [--dry-run] --msp ID --identity-cert FILE --identity-key FILE …

An administrator of your organization signs it (Fabric’s mod_policy "Admins"), not the CA admin. The configuration is
verified from the genesis hash, the update is built and judged here, and --dry-run prints what it would change.

  --crl FILE             the CRL (DER or PEM); the gateway’s own unless given
  --dry-run              show the effect, sign and send nothing
${ACT_HELP}

Example: registry crl channel --dry-run --msp Op1MSP --identity-cert admin.pem --identity-key admin.key`,
  options: { ...actOptions, crl: 'text', 'dry-run': 'switch' },
  run: async ({ given }, context) =>
    await withClient(given, context, async (client) => {
      const publication = { mspId: required(given, 'msp'), crl: await readCrl(given, client) };
      if (given['dry-run'] !== true) {
        return await client.channel.publishRevocations(publication, await fabricIdentityOf(given));
      }
      const { certificate } = await fabricIdentityOf(given);
      const { effect, configBlock } = await client.channel.planRevocations({
        ...publication,
        inUse: [{ name: 'signer', certificate }],
      });
      return { dry_run: true, config_block: configBlock, effect };
    }),
};

async function readCrl(given: Given, client: RegistryClient): Promise<Uint8Array> {
  const file = optional(given, 'crl');
  return file === undefined ? await client.trust.crl() : await readInput(file, MAX_CRL_FILE_BYTES);
}
