import { readFileSync } from 'node:fs';
import { type ListKey, operatorListKeys, parseOperators } from '@maker-registry/protocol';
import { ConfigError } from '../../config/config-error';
import { readSettingFile } from '../../config/environment';

/** Another operator whose statements this gateway passes on beside its own. */
export interface PeerOperator {
  readonly mspId: string;
  /** Address of its gateway. */
  readonly url: URL;
  /** PEM of the authority that its TLS certificate chains to; the system's authorities when absent. */
  readonly tlsCa: string | undefined;
  readonly keys: readonly ListKey[];
}

/**
 * The other operators from a document of pinned operators (`{"v":1,"network","operators":[{"msp_id","keys","gateway":{"url",
 * "tls_ca"}}]}`). Addresses and keys come from the operator's own configuration, never from a request.
 *
 * @throws ConfigError
 */
export function readPeerOperators(
  setting: string,
  file: string,
  own: { mspId: string; network: string },
): PeerOperator[] {
  const document = parse(setting, readSettingFile(setting, file));
  if (document.network !== own.network) throw new ConfigError(setting, 'is for another network');
  return document.operators
    .filter(({ mspId, gateway }) => mspId !== own.mspId && gateway !== undefined)
    .map((operator) => {
      const { mspId, gateway } = operator;
      const url = gateway?.url ?? '';
      if (!URL.canParse(url) || new URL(url).protocol !== 'https:') {
        throw new ConfigError(setting, `the gateway of ${mspId} needs an https address`);
      }
      const keys = operatorListKeys({ operators: [operator] });
      return { mspId, url: new URL(url), tlsCa: gateway?.ca ?? readCa(setting, gateway?.tlsCa), keys };
    });
}

function parse(setting: string, bytes: Buffer): ReturnType<typeof parseOperators> {
  try {
    return parseOperators(bytes);
  } catch (cause) {
    throw new ConfigError(setting, `is not a document of operators: ${String(cause)}`, { cause });
  }
}

function readCa(setting: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(setting, `names ${file}, which can't be read`, { cause });
  }
}
