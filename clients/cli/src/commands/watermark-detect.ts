import { toHex } from '@maker-registry/protocol';
import { optional } from '@maker-registry/guard';
import { payloadFromHex } from '@maker-registry/watermark';
import { type CliCommand } from '../command';
import { givenContent, givenScheme, schemeOptions } from '../watermark/given-scheme';
import { interruptible } from '../watermark/interruptible';
import { progressTeller } from '../watermark/progress';

export const watermarkDetect: CliCommand = {
  name: 'watermark detect',
  summary: 'Look for a watermark in content, with its exact chance of error.',
  help: `registry watermark detect --scheme FILE --key FILE --in FILE [--expect HEX]

Looks for a mark of the scheme in the content of --in and prints the evidence: decision (detected, not-detected, inconclusive),
payload, bits it has, code bits that were corrected, p_value with log10_p, raw_matches of raw_total, the hypotheses that the
p-value is corrected for, the threshold, and local evidence. p_value is the chance that a content without the mark looks as good
or better to a random key. robust is false for a metadata layer, which anybody copies and removes. The exit code is 0 whenever
there is a decision, whichever.

With --expect it also says whether the payload is the one expected.

Example: registry watermark detect --scheme P.json --key mark.key --in found.jpg`,
  options: { ...schemeOptions, in: 'text', expect: 'text' },
  run: async ({ given }, context) => {
    const { document, scheme, key } = await givenScheme(given, context);
    const expect = optional(given, 'expect');
    const expected =
      expect === undefined ? undefined : toHex(payloadFromHex(expect, scheme.payloadBits(document)));
    const path = await givenContent(given);
    const found = await interruptible((signal) =>
      scheme.detect({ document, key, content: { path }, signal, onProgress: progressTeller(context) }),
    );
    const { decision, payload = null, ...evidence } = found;
    return {
      ...{ decision, payload, ...evidence, robust: scheme.robust },
      ...(expected === undefined ? {} : { payload_expected: payload === expected }),
    };
  },
};
