import {
  assertSchema,
  decodeUtf8,
  INTENT_TYPES,
  isRegistryError,
  MAX_CLAIM_BYTES,
  parseStrictJson,
  type RecordClaim,
  RegistryError,
} from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { readInput } from './input-file';
import { MAX_CLAIM_LINES_BYTES } from './limits';

/** A signed claim, and where it stands: a file, or a file and a line. */
export interface ClaimItem {
  readonly claim: RecordClaim;
  readonly place: string;
}

/**
 * The claims of files with one each, then those of a file with one on each line. All are read and their form is checked
 * before anything is sent. Throws FILE_UNREADABLE, USAGE for none at all, and the codes of a malformed claim with its place.
 */
export async function readClaimItems(
  files: readonly string[],
  linesFile: string | undefined,
): Promise<readonly ClaimItem[]> {
  const items: ClaimItem[] = [];
  for (const file of files) items.push(await readClaim(file));
  if (linesFile !== undefined) items.push(...(await claimLines(linesFile)));
  if (items.length === 0) throw new ClientError('USAGE', 'Name files with claims, or give --lines.');
  return items;
}

/** The one claim of a file. Throws FILE_UNREADABLE and the codes of a malformed claim. */
export async function readClaim(file: string): Promise<ClaimItem> {
  return claimItem(await readInput(file), file);
}

async function claimLines(file: string): Promise<readonly ClaimItem[]> {
  const text = decodeUtf8(await readInput(file, MAX_CLAIM_LINES_BYTES));
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [claimItem(line, `${file}:${index + 1}`)]));
}

function claimItem(text: string | Uint8Array, place: string): ClaimItem {
  try {
    const claim = parseStrictJson(text, { maxBytes: MAX_CLAIM_BYTES });
    assertSchema(INTENT_TYPES['record.register'].schema, { records: [claim] });
    return { claim: claim as unknown as RecordClaim, place };
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    throw new RegistryError(error.code, `${place} is not a signed claim: ${error.message}`, {
      subject: place,
      cause: error,
    });
  }
}
