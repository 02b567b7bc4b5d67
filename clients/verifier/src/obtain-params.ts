import { type ParamsFinding, type Scheme } from '@maker-registry/protocol';
import { quote } from './quote';
import { type VerifyOptions } from './verification';

/**
 * The parameter document: the caller's own, the source's, or the one at params_uri. Where it comes from does not matter,
 * since its commitment decides. That it cannot be had is a finding, not an error.
 */
export async function obtainParams(scheme: Scheme, options: VerifyOptions): Promise<ParamsFinding> {
  if (options.params !== undefined) return { kind: 'text', text: options.params };
  const carried = await options.source.params(scheme.scheme_commitment);
  if (carried !== undefined) return { kind: 'value', value: carried };
  if (options.fetchParams === undefined) {
    return { kind: 'unavailable', reason: 'It was not given, and nothing may be fetched here.' };
  }
  try {
    const { bytes, note } = await options.fetchParams(scheme.params_uri);
    return { kind: 'text', text: bytes, ...(note === undefined ? {} : { note }) };
  } catch (error) {
    return { kind: 'unavailable', reason: quote(error) };
  }
}

/** Whether there is a document to hold against a commitment. */
export function isAvailable(
  params: ParamsFinding,
): params is Exclude<ParamsFinding, { kind: 'unavailable' }> {
  return params.kind !== 'unavailable';
}
