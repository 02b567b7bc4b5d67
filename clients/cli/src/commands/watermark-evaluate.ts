import { randomBytes } from 'node:crypto';
import { optional } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import {
  attacksOn,
  evaluateScheme,
  type FileAttack,
  type Medium,
  payloadFromNonce,
} from '@maker-registry/watermark';
import { type CliCommand } from '../command';
import { CLAIM_NONCE_BYTES } from '../limits';
import { assertNewFile, writeNewFile } from '../new-file';
import { givenContent, givenPayload, givenScheme, schemeOptions } from '../watermark/given-scheme';
import { withNumbers } from '../watermark/figures';
import { interruptible } from '../watermark/interruptible';
import { progressTeller } from '../watermark/progress';

export const watermarkEvaluate: CliCommand = {
  name: 'watermark evaluate',
  summary: 'Measure what a scheme’s mark in one content survives.',
  help: `registry watermark evaluate --scheme FILE --key FILE --in FILE [--payload HEX | --nonce HEX]
    [--attacks NAME,NAME,…] [--out FILE]

Marks the content, does to it what happens on the way (compression, resizing, cutting, noise: the attacks of the scheme's
medium), looks for the mark after each, and in the unmarked content too. Prints a table: of each attack the decision, whether the
payload came back exactly, and the evidence. --attacks picks some by name or group; a name that is not there lists them all.
--out writes the table to a new file as well. Without a payload a random one is embedded.

Each row is told on standard error once it is known.

Example: registry watermark evaluate --scheme P.json --key mark.key --in photo.png --attacks compression,crop-keep-50`,
  options: { ...schemeOptions, in: 'text', payload: 'text', nonce: 'text', attacks: 'text', out: 'text' },
  run: async ({ given }, context) => {
    const opened = await givenScheme(given, context);
    const { scheme, document } = opened;
    const payload =
      givenPayload(given, opened) ??
      payloadFromNonce(randomBytes(CLAIM_NONCE_BYTES).toString('hex'), scheme.payloadBits(document));
    const attacks = chosenAttacks(scheme.medium, optional(given, 'attacks'));
    const input = await givenContent(given);
    const out = optional(given, 'out');
    if (out !== undefined) await assertNewFile(out);
    const measured = await interruptible((signal) =>
      evaluateScheme({
        ...{ ...opened, input, payload, attacks, signal },
        onProgress: progressTeller(context),
        onRow: ({ attack, decision, payload_exact: exact, log10_p }) => {
          context.tell({
            ...{ event: 'row', attack, decision, payload: exact ? 'exact' : 'no' },
            ...(log10_p === undefined ? {} : { log10_p }),
          });
        },
      }),
    );
    const table = { ...measured, embedding: withNumbers(measured.embedding) };
    if (out !== undefined) await writeNewFile(out, `${JSON.stringify(table, null, 2)}\n`);
    return table;
  },
};

/** The attacks that a list of names and groups means, in the table's order; all without a list. Throws USAGE. */
function chosenAttacks(medium: Medium, list: string | undefined): readonly FileAttack[] {
  // The marked content as it is has a row of its own.
  const all = attacksOn(medium).filter(({ name }) => name !== 'none');
  if (list === undefined) return all;
  const wanted = list.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !all.some((attack) => attack.name === name || attack.group === name));
  if (unknown === undefined) {
    return all.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group));
  }
  const groups = [...new Set(all.map(({ group }) => group))].join(', ');
  throw new ClientError(
    'USAGE',
    `"${unknown}" is no attack on ${medium}. Groups: ${groups}. Names: ${all.map(({ name }) => name).join(', ')}.`,
    { subject: 'attacks' },
  );
}
