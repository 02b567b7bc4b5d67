import { optional } from '@maker-registry/guard';
import { keyOf, usage, withoutDuplicates } from '../crl/certificate-target';
import { batches } from '../crl/revocation-plan';
import { type CommittedAct, ledgerState } from '../crl/carry-out';
import { caIdentitiesOf } from '../crl/revoking';
import { readTargets, TARGET_HELP, targetOptions } from '../crl/targets';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions } from '../perform';
import { waitSeconds, withClient } from '../submit';

/** Lifts holds. */
export const crlLift: CliCommand = {
  name: 'crl lift',
  summary: 'Lift the hold of certificates of your organization.',
  help: `registry crl lift --serial HEX --aki HEX | --certificate FILE | --enrollment-id ID | --file FILE [--ticket TEXT] …

What is not on hold is passed over and counted; what is revoked for good is an error.
${TARGET_HELP}
  --ticket TEXT            kept with each certificate
  --note TEXT              stays in the transaction
  --dry-run                show what it would do; nothing is signed
${ACT_HELP}

Example: registry crl lift --certificate found.pem --ticket INC-8 \\
    --msp Op1MSP --identity-cert caadmin.pem --identity-key caadmin.key`,
  options: { ...actOptions, ...targetOptions, ticket: 'text', note: 'text', 'dry-run': 'switch' },
  run: async ({ given }, context) =>
    await withClient(given, context, async (client) => {
      const identities = await caIdentitiesOf(given);
      const named = await readTargets(given, {}, client, identities);
      const { distinct } = withoutDuplicates(named);
      const ledger = await ledgerState(client, identities.ca.mspId, distinct);
      const final = distinct.find((target) => ledger.get(keyOf(target))?.state === 'revoked');
      if (final !== undefined) throw usage(`${final.serial} is revoked for good; only a hold is lifted.`);
      const held = distinct.filter((target) => ledger.get(keyOf(target))?.state === 'held');
      const passed = { lifted: held.length, not_held: distinct.length - held.length };
      if (given['dry-run'] === true) return { dry_run: true, ...passed };
      const acts: CommittedAct[] = [];
      for (const batch of batches(held)) {
        const entries = batch.map(({ aki, serial }) => ({ aki, serial }));
        const [ticket, note] = [optional(given, 'ticket') ?? batch[0]?.ticket, optional(given, 'note')];
        const { tx_id, block } = await client.performAct(
          'certificate.release',
          { entries, ...(ticket === undefined ? {} : { ticket }), ...(note === undefined ? {} : { note }) },
          identities.ca,
          { wait: waitSeconds(given) },
        );
        acts.push({ tx_id, block, certificates: batch.length });
        context.tell({ lifted: acts.reduce((sum, act) => sum + act.certificates, 0), of: held.length });
      }
      return { acts, ...passed };
    }),
};
