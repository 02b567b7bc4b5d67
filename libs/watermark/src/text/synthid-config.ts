import { type ParamsDocument } from '@maker-registry/protocol';
import { type WatermarkKey } from '../keys/watermark-key';
import { WatermarkError } from '../errors/watermark-error';
import { schemeOf } from '../scheme/scheme-table';
import { synthIdKeys } from './synthid-keys';
import { synthIdParamsOf } from './synthid-params';
import { TEXT_SYNTHID } from './synthid-scheme';

/** Arguments of `SynthIDTextWatermarkingConfig` of Hugging Face transformers. `keys` are secret. */
export interface SynthIdConfig {
  readonly ngram_len: number;
  readonly keys: readonly number[];
  readonly context_history_size: number;
  readonly sampling_table_size: number;
  readonly sampling_table_seed: number;
}

/**
 * What to give transformers, so that a model on a CPU writes text with the mark of this document and key.
 *
 * @throws WatermarkError SCHEME_UNKNOWN_DETECTOR for a document of another scheme, KEY_COMMITMENT_MISMATCH, KEY_MALFORMED,
 *   PARAMS_OUT_OF_RANGE, also where the keys are a list, which whoever marks has already, or the table is not drawn from a seed
 */
export function synthIdConfig(document: ParamsDocument, key: WatermarkKey): SynthIdConfig {
  schemeOf(document, [TEXT_SYNTHID]);
  const params = synthIdParamsOf(document);
  key.assertCommitted(document.key_commitment);
  const { sampling_table: table } = params;
  if (params.keys === 'list' || table.source !== 'mt19937') {
    throw new WatermarkError(
      'PARAMS_OUT_OF_RANGE',
      'Only keys that are derived and a table that is drawn from a seed can be given to transformers.',
      { subject: params.keys === 'list' ? '/params/keys' : '/params/sampling_table/source' },
    );
  }
  return {
    ngram_len: params.ngram_len,
    keys: synthIdKeys(key, params).map(Number),
    context_history_size: params.context_history_size,
    sampling_table_size: table.size,
    sampling_table_seed: table.seed,
  };
}
