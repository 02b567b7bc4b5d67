import { PURPOSES, type Purpose } from '@maker-registry/protocol';
import { ClientError, readActorKeyFile } from '@maker-registry/sdk';
import { type HandOver } from '../execution/command';
import { runArtifact, type RunRequest } from '../execution/run-artifact';
import { DEFAULT_GRACE_MS, DEFAULT_PCRS, MAX_GRACE_MS } from '../limits';
import { readDevice } from '../state/device-store';
import { defaultStateDirectory, StateDirectory } from '../state/state-directory';
import { defaultTcti } from '../tpm/tpm-tools';
import { requirePinned } from '../trust/pinned-operators';
import { givenOutputs } from '../watermark/given-outputs';
import { type CommandContext, type GuardCommand } from './command';
import { openGateways } from './open-gateways';
import {
  GATEWAY_HELP,
  gatewayOptions,
  type Given,
  optional,
  type ParsedOptions,
  readTokenFile,
  required,
  wholeNumber,
} from './options';

const HIGHEST_PCR = 23;

export const run: GuardCommand = {
  summary: 'Run a command on a protected artifact while the registry permits it.',
  help: `guard run --artifact FILE.mrg (--right ID | --token FILE) --holder-key FILE
          [--as path|fd] [--purpose research|deployment] [--grace MS] [--pcrs 0,1,…]
          [--watermark-outputs DIR --watermark-scheme FILE --watermark-key FILE]
          [--state DIR] [--json] -- COMMAND ARGUMENTS

Gets a rights token (or takes the one in --token), attests this machine where the risk class asks for it, obtains the
content key, decrypts into memory only, and runs COMMAND. In its arguments {} stands for the plaintext: a path with
--as path (the default), a descriptor number with --as fd; GUARD_ARTIFACT in the environment says the same. While it
runs the guard follows the revocation list and renews the token, and stops COMMAND when either says so.

--gateway may be left out: the gateways of the pinned operators are asked then (guard pin, guard enroll), and they take over
in any case when the named one is away. A content key that is split among operators is collected from as many of them as
it takes; each verifies this machine by itself.

With --watermark-outputs every file that COMMAND leaves in the folder DIR, empty before, is marked: it carries the leading bits of a
fresh nonce, by the scheme document and key given (registry watermark). Nonce and hash of each are told as an event output, for
registry record sign --nonce. A file that cannot be marked is told of, stays as it is, and makes the exit code 123.

Exit codes: COMMAND's own; 120 refused before it started; 121 stopped: revoked, held, restricted, sold or banned;
122 stopped: no fresh list or token to be had; 123 something else failed; 64 wrong arguments.
--json tells events as JSON lines on standard error.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    artifact: 'text',
    right: 'text',
    token: 'text',
    'holder-key': 'text',
    as: 'text',
    purpose: 'text',
    grace: 'text',
    pcrs: 'text',
    state: 'text',
    'watermark-outputs': 'text',
    'watermark-scheme': 'text',
    'watermark-key': 'text',
  },
  takesWords: true,
  run: async (parsed, context) => {
    const request = await readRequest(parsed, context);
    try {
      return await runArtifact(request);
    } finally {
      request.gateways.close();
    }
  },
};

async function readRequest({ given, rest }: ParsedOptions, context: CommandContext): Promise<RunRequest> {
  const { environment, tell } = context;
  const command = { command: commandOf(rest), handOver: handOver(given), environment, graceMs: grace(given) };
  const tokenFile = optional(given, 'token');
  const rightId = optional(given, 'right');
  if (tokenFile === undefined && rightId === undefined) {
    throw new ClientError('USAGE', 'Give --right or --token.', { subject: 'right' });
  }
  const outputs = await givenOutputs(given, tell);
  const state = await StateDirectory.open(optional(given, 'state') ?? defaultStateDirectory(environment));
  const pinned = await requirePinned(state);
  return {
    artifact: required(given, 'artifact'),
    holder: await readActorKeyFile(required(given, 'holder-key')),
    token: tokenFile === undefined ? undefined : await readTokenFile(tokenFile),
    rightId,
    purpose: purpose(given),
    device: await readDevice(state),
    tcti: defaultTcti(environment),
    pcrs: pcrs(given),
    gateways: await openGateways(given, environment, pinned),
    command,
    state,
    pinned,
    outputs,
    tell,
  };
}

function commandOf(rest: readonly string[]): [string, ...string[]] {
  const [program, ...args] = rest;
  if (program === undefined) throw new ClientError('USAGE', 'Name the command after --.');
  return [program, ...args];
}

function handOver(given: Given): HandOver {
  const value = optional(given, 'as') ?? 'path';
  if (value === 'path' || value === 'fd') return value;
  throw new ClientError('USAGE', '--as is path or fd.', { subject: 'as' });
}

function purpose(given: Given): Purpose | undefined {
  const value = optional(given, 'purpose');
  const known = PURPOSES.find((one) => one === value);
  if (value === undefined || known !== undefined) return known;
  throw new ClientError('USAGE', `--purpose is one of ${PURPOSES.join(', ')}.`, { subject: 'purpose' });
}

function grace(given: Given): number {
  const value = optional(given, 'grace');
  return value === undefined ? DEFAULT_GRACE_MS : wholeNumber(value, 'grace', { min: 0, max: MAX_GRACE_MS });
}

function pcrs(given: Given): readonly number[] {
  const value = optional(given, 'pcrs');
  if (value === undefined) return DEFAULT_PCRS;
  const numbers = value.split(',').map((one) => wholeNumber(one, 'pcrs', { min: 0, max: HIGHEST_PCR }));
  return [...new Set(numbers)].sort((a, b) => a - b);
}
