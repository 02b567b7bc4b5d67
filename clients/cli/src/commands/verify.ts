import { isPlainObject, serializeEnvelope } from '@maker-registry/protocol';
import { ClientError, readActorKeyFile } from '@maker-registry/sdk';
import {
  type Detector,
  renderReport,
  signReport,
  type Verification,
  verifyFile,
} from '@maker-registry/verifier';
import { GATEWAY_HELP, gatewayOptions, type Given, optional, required, several } from '@maker-registry/guard';
import { detectorsFor } from '@maker-registry/watermark';
import { type CliCommand, type CliContext } from '../command';
import { membersOf } from '../given-members';
import { loadDetector } from '../load-detector';
import { writeNewFile } from '../new-file';
import { givenParentsRule, networkParentsRule } from '../parents-rule';
import { withClient } from '../submit';
import { readWatermarkKey } from '../watermark/given-scheme';
import { oneWord } from '../words';

export const verify: CliCommand = {
  name: 'verify',
  summary: 'Verify a file: which model made it, and whether that is proved.',
  help: `registry verify FILE [--model REF [--content HASH]] [--scheme REF] [--bundle FILE] [--params FILE]
    [--parents permissive|strict] [--watermark-key FILE]… [--detector MODULE] [--html OUT [--locale en|ja]]
    [--report OUT [--note TEXT] --actor-key FILE]

Looks the file up by its hash, or by a recovered watermark, and checks record, definition, signature, lineage and detector.
Prints the finding; the exit code is 1 when its status is not VALID. Only records of --model count where it is given; with
--content too, a file that was changed is compared with the record of that hash. On content that nobody registered --scheme is the
one that is tried; without it at most 16 are whose key was given, the oldest first, among the first 64 (of --model where it is
given). --params is the scheme's parameter document, otherwise fetched from its address.
With --bundle (registry bundle export) no gateway is asked.

--parents says whether a record's parent must be registered. Unless given it is the rule of the network's parameters, which
are asked of the gateway; with a bundle it is permissive.

--watermark-key is the key of a scheme that this software detects (registry watermark schemes); give it once for each key that
you have, the scheme's document says which one is meant. MODULE is another scheme's detector: a JavaScript module that exports it
as detector, an object with name, version and detect (clients/verifier). It runs with your rights. Without the scheme's detector
and key nothing is VALID, at best INCONCLUSIVE.

--html writes the finding for people, --report a signed one that settlements take: you vouch for it with the key of
--actor-key.

Example: registry verify picture.png --bundle bundle.json --params params.json --watermark-key mark.key
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    model: 'text',
    content: 'text',
    scheme: 'text',
    bundle: 'text',
    params: 'text',
    parents: 'text',
    detector: 'text',
    'watermark-key': 'texts',
    html: 'text',
    locale: 'text',
    report: 'text',
    note: 'text',
    'actor-key': 'text',
  },
  takesWords: true,
  isBad: (result) => isPlainObject(result) && result['status'] !== 'VALID',
  run: async ({ given, rest }, context) => {
    const file = oneWord(rest, 'file');
    const finish = await outputs(given);
    const verification = await found(file, given, context);
    await finish(verification);
    return verification;
  },
};

async function found(file: string, given: Given, context: CliContext): Promise<Verification> {
  if (optional(given, 'content') !== undefined) required(given, 'model');
  const rule = givenParentsRule(given);
  const options = {
    ...membersOf(given, { model: 'model', contentHash: 'content', scheme: 'scheme', params: 'params' }),
    detectors: await givenDetectors(given, context),
  };
  const bundle = optional(given, 'bundle');
  if (bundle !== undefined) {
    return await verifyFile(file, { ...options, bundle, parents: rule ?? 'permissive' });
  }
  const address = optional(given, 'gateway') ?? context.environment['REGISTRY_GATEWAY'] ?? '';
  return await withClient(given, context, async (client) => {
    const parents = rule ?? (await networkParentsRule(client, context.tell));
    return await verifyFile(file, { ...options, parents, gateway: { client, address } });
  });
}

/** The detector of a module first, then those of this software, which are of no use without a key. */
async function givenDetectors(given: Given, context: CliContext): Promise<readonly Detector[]> {
  const module = optional(given, 'detector');
  const keys = await Promise.all(
    several(given, 'watermark-key').map((path) => readWatermarkKey(path, context)),
  );
  return [
    ...(module === undefined ? [] : [loadDetector(module)]),
    ...(keys.length === 0 ? [] : detectorsFor(keys)),
  ];
}

/** What to write of a finding; key and options are read before the work begins. */
async function outputs(given: Given): Promise<(verification: Verification) => Promise<void>> {
  const [html, report, locale] = [
    optional(given, 'html'),
    optional(given, 'report'),
    optional(given, 'locale') ?? 'en',
  ];
  if (locale !== 'en' && locale !== 'ja') {
    throw new ClientError('USAGE', '--locale is en or ja.', { subject: 'locale' });
  }
  const actor = report === undefined ? undefined : await readActorKeyFile(required(given, 'actor-key'));
  return async (verification) => {
    if (html !== undefined) await writeNewFile(html, renderReport(verification, { locale }));
    if (report === undefined || actor === undefined) return;
    const envelope = await signReport(verification, actor, optional(given, 'note'));
    await writeNewFile(report, `${serializeEnvelope(envelope)}\n`);
  };
}
