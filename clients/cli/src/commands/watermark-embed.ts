import { embedError } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import { embedderOf } from '@maker-registry/watermark';
import { type CliCommand } from '../command';
import {
  givenContent,
  givenOutput,
  givenPayload,
  givenScheme,
  schemeOptions,
} from '../watermark/given-scheme';
import { withNumbers } from '../watermark/figures';
import { interruptible } from '../watermark/interruptible';
import { progressTeller } from '../watermark/progress';

export const watermarkEmbed: CliCommand = {
  name: 'watermark embed',
  summary: 'Embed a payload into content, invisibly.',
  help: `registry watermark embed --scheme FILE --key FILE (--payload HEX | --nonce HEX) --in FILE --out FILE

Marks the content of --in with the scheme of the document --scheme, and writes the marked content to --out, whose ending names
its format. A file that is there is replaced once all has succeeded. Prints how many bits were embedded and how far the
content changed.

--payload is as many bits as the scheme carries, in hex. --nonce is the nonce of the record that the content is going to get,
64 hex digits: its leading bits are embedded, so that a verifier finds the record by the mark (registry record sign --nonce).
A scheme of no payload bits (registry watermark schemes) needs neither.

Example: registry watermark embed --scheme P.json --key mark.key --payload 0123456789abcdef --in photo.png --out marked.png`,
  options: { ...schemeOptions, payload: 'text', nonce: 'text', in: 'text', out: 'text' },
  run: async ({ given }, context) => {
    const { document, scheme, key } = await givenScheme(given, context);
    const embed = embedderOf(scheme);
    const payload = givenPayload(given, { document, scheme });
    if (payload === undefined && scheme.payloadBits(document) > 0) {
      throw new ClientError('USAGE', '--payload or --nonce is missing.', { subject: 'payload' });
    }
    const path = await givenContent(given);
    const output = await givenOutput(given, path);
    const report = await interruptible((signal) =>
      embed({
        ...{ document, key, output, signal },
        content: { path },
        payload: payload ?? new Uint8Array(0),
        onProgress: progressTeller(context),
      }),
    ).catch((error: unknown) => {
      throw embedError(error, output);
    });
    return withNumbers(report);
  },
};
