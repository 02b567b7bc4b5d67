import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What tpm2_checkquote is asked. */
export interface CheckQuoteInput {
  /** TPM2B_PUBLIC or PEM. */
  readonly key: Uint8Array | string;
  readonly attest: Uint8Array;
  readonly signature: Uint8Array;
  /** Values of the PCRs in ascending order, one after the other. */
  readonly values: Uint8Array;
  readonly pcrs: readonly number[];
  readonly nonce: Uint8Array;
  readonly eventLog?: Uint8Array;
}

/** The verdict of tpm2_checkquote (tpm2-tools), another implementation of the same rules. */
export function checkQuote(directory: string, input: CheckQuoteInput): boolean {
  const file = (name: string, bytes: Uint8Array | string): string => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    return path;
  };
  const log = input.eventLog === undefined ? [] : ['-e', file('log', input.eventLog)];
  const { status, error } = spawnSync(
    'tpm2_checkquote',
    [
      ...[
        '-u',
        file('key', input.key),
        '-m',
        file('attest', input.attest),
        '-s',
        file('sig', input.signature),
      ],
      ...['-f', file('pcrs', input.values), '-l', `sha256:${input.pcrs.join(',')}`, '-g', 'sha256'],
      ...['-q', Buffer.from(input.nonce).toString('hex'), ...log],
    ],
    { stdio: 'ignore' },
  );
  if (error !== undefined) throw error;
  return status === 0;
}
