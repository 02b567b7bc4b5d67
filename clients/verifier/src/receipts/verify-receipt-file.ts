import {
  type ConfigurationWalk,
  parseReceipt,
  ProofError,
  type ReceiptVerdict,
  verifyReceipt,
  verifyWalk,
} from '@maker-registry/fabric-proofs';
import { VerifierError } from '../verifier-error';

export interface ReceiptFileOptions {
  /** The ledger's genesis hash: SHA-256 of the genesis block's header, 64 hex characters. */
  readonly genesis: string;
  /** A whole receipt of the same ledger, whose configurations a core is verified with. */
  readonly configurations?: Uint8Array;
  /** Least number of operators that must have signed. */
  readonly operators?: number;
  /** Sequence of a channel configuration known to exist. */
  readonly sequence?: number;
}

const HASH = /^[0-9a-f]{64}$/;

/**
 * Verifies a receipt with nothing but the genesis hash: no network, no gateway, no clock. A refused receipt is an answer.
 *
 * @throws VerifierError GENESIS_MALFORMED, CONFIGURATIONS_REFUSED when the question can't be asked
 */
export function verifyReceiptFile(file: Uint8Array, options: ReceiptFileOptions): ReceiptVerdict {
  const genesisHash = options.genesis.toLowerCase();
  if (!HASH.test(genesisHash))
    throw new VerifierError('GENESIS_MALFORMED', 'The genesis hash is 64 hexadecimal characters.', {
      subject: 'genesis',
    });
  const { configurations, operators, sequence } = options;
  return verifyReceipt(file, {
    genesisHash,
    ...(configurations === undefined ? {} : { walk: walkOf(configurations, genesisHash) }),
    ...(operators === undefined ? {} : { minimumOperators: operators }),
    ...(sequence === undefined ? {} : { minimumConfiguration: sequence }),
  });
}

function walkOf(receipt: Uint8Array, genesisHash: string): ConfigurationWalk {
  try {
    return verifyWalk(parseReceipt(receipt).configurations, genesisHash);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new VerifierError('CONFIGURATIONS_REFUSED', error.message, {
      subject: 'configurations',
      cause: error,
    });
  }
}
