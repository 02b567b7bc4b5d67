import { type RecordBundle } from '@maker-registry/sdk';
import {
  idReference,
  type JsonValue,
  parseParamsDocument,
  RegistryError,
  schemeCommitment,
} from '@maker-registry/protocol';
import { optional, required } from '@maker-registry/guard';
import { RECORD_USAGE, recordKeyOf, recordOptions } from '../given-members';
import { readInput } from '../input-file';
import { writeNewFile } from '../new-file';
import { readCommand } from '../shapes';

export const bundleExport = readCommand({
  name: 'bundle export',
  summary: 'Write everything that verifying a record offline needs.',
  usage: `${RECORD_USAGE} [--params FILE] --out FILE`,
  about: `The record, its ancestors, models, schemes and policies as the gateway has them, for: registry verify --bundle. With
--params the parameter document of its scheme goes with them; without it, keep a copy of the document too.`,
  example: '--model $MODEL --content $HASH --params params.json --out bundle.json',
  options: { ...recordOptions, params: 'text', out: 'text' },
  read: (given) => {
    const { model_ref: model, content_hash: content } = recordKeyOf(given);
    const [file, params] = [required(given, 'out'), optional(given, 'params')];
    return async ({ read }) => {
      const document = params === undefined ? undefined : parseParamsDocument(await readInput(params));
      const bundle = await read.provenance.bundle(model, content);
      const whole = document === undefined ? bundle : withParams(bundle, document);
      await writeNewFile(file, `${JSON.stringify(whole, null, 2)}\n`);
      return { file, network: bundle.network, height: bundle.height, records: bundle.records.length };
    };
  },
});

/** The bundle with a parameter document under the commitment of its scheme. Throws SCHEME_MISMATCH where none has it. */
function withParams(bundle: RecordBundle, document: JsonValue): object {
  const scheme = bundle.schemes.find(
    ({ model_ref: model, scheme_id: id, scheme_commitment: commitment }) =>
      schemeCommitment(idReference(model), id, document) === commitment,
  );
  if (scheme !== undefined) return { ...bundle, params: { [scheme.scheme_commitment]: document } };
  throw new RegistryError('SCHEME_MISMATCH', 'No scheme of the bundle commits to this parameter document.');
}
