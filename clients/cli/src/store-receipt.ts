import { parseReceipt, ProofError } from '@maker-registry/fabric-proofs';
import { ClientError } from '@maker-registry/sdk';
import { writeNewFile } from './new-file';

/** Writes a fetched receipt to a new file; says what it is, not whether it holds. */
export async function storeReceipt(file: string, bytes: Uint8Array): Promise<object> {
  const { kind, required, operators, configurations } = parsed(bytes);
  await writeNewFile(file, bytes);
  return {
    file,
    bytes: bytes.length,
    kind,
    operators: { signed: required, of: operators },
    configurations: configurations.length,
  };
}

function parsed(bytes: Uint8Array): ReturnType<typeof parseReceipt> {
  try {
    return parseReceipt(bytes);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new ClientError('RESPONSE_MALFORMED', `The gateway’s answer is no receipt: ${error.message}.`, {
      cause: error,
    });
  }
}
