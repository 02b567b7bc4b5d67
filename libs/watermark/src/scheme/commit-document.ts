import { assertParamsDocument, type ParamsDocument } from '@maker-registry/protocol';
import { type WatermarkKey } from '../keys/watermark-key';

/**
 * The document as a scheme of one's own: under `schemeId`, committed to `key`. Algorithm and parameters stay. Marks made
 * with another key are not found with it, and no payload that was embedded under another id.
 *
 * @throws RegistryError PARAMS_INVALID where the id is no name
 */
export function committedTo(document: ParamsDocument, schemeId: string, key: WatermarkKey): ParamsDocument {
  return assertParamsDocument({ ...document, scheme_id: schemeId, key_commitment: key.commitment() });
}
