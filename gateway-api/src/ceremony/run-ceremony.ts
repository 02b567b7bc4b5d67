import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CeremonyTranscript } from '@maker-registry/protocol';
import { type Environment, EnvironmentReader } from '../config/environment';
import { HsmClient, TRUST_KEY_LABELS, type TrustKeyLabel } from '../hsm';
import { begin, type CeremonyTools, certify, generate, inspect, note, retire } from './ceremony';
import { CeremonyError } from './ceremony-error';
import { assertAbsent, readTranscript, writeTranscript } from './transcript-file';

export const CEREMONY_HELP = `Key ceremony of an operator: makes, records and retires the trust services' keys in its HSM.

  node gateway-api/dist/ceremony/main.js ACTION --token LABEL --transcript FILE …

  begin     --operator MSPID --backup-policy FILE   begins the transcript FILE
  generate  --role ROLE                             makes the role's key, or the one that takes over from it
  certify   --role ROLE --certificate FILE          records the certificate that the CA gave the newest key
  retire    --role ROLE --version N --reason TEXT   destroys a key that another has taken over from
  inspect                                           records what the token holds
  note      --text TEXT                             records words, e.g. who is there

ROLE is one of ${TRUST_KEY_LABELS.join(', ')}. HSM_MODULE and HSM_PIN_FILE name the PKCS#11 module and the file with
the PIN; a module's own setting, as SOFTHSM2_CONF, is passed on. Prints the step as JSON. Afterwards at least two people who
were there sign FILE: registry ceremony sign --in FILE --key KEY --out SIGNED; anyone checks it: registry ceremony verify.
`;

const OPTIONS = {
  token: { type: 'string' },
  transcript: { type: 'string' },
  operator: { type: 'string' },
  'backup-policy': { type: 'string' },
  role: { type: 'string' },
  certificate: { type: 'string' },
  version: { type: 'string' },
  reason: { type: 'string' },
  text: { type: 'string' },
} as const;
type Name = keyof typeof OPTIONS;
type Given = Readonly<Partial<Record<Name, string>>>;

type Act = (tools: CeremonyTools, given: Given, path: string) => Promise<CeremonyTranscript>;

const ACTS: Readonly<Record<string, Act>> = {
  begin: (tools, given, path) => {
    assertAbsent(path);
    const backupPolicy = readFileSync(need(given, 'backup-policy'), 'utf8');
    return begin(tools, { operator: need(given, 'operator'), token: need(given, 'token'), backupPolicy });
  },
  generate: (tools, given, path) => generate(tools, open(path, given), roleOf(given)),
  certify: (tools, given, path) => {
    const certificate = readFileSync(need(given, 'certificate'));
    return certify(tools, open(path, given), { role: roleOf(given), certificate });
  },
  retire: (tools, given, path) => {
    const version = Number(need(given, 'version'));
    return retire(tools, open(path, given), { role: roleOf(given), version, reason: need(given, 'reason') });
  },
  inspect: (tools, given, path) => inspect(tools, open(path, given)),
  note: (tools, given, path) => Promise.resolve(note(tools, open(path, given), need(given, 'text'))),
};

/**
 * One step of a ceremony. Gives the step that was recorded.
 *
 * @throws CeremonyError, HsmError, ConfigError, RegistryError of a broken transcript
 */
export async function runCeremony(args: readonly string[], environment: Environment): Promise<unknown> {
  const [action = '', ...rest] = args;
  const act = Object.hasOwn(ACTS, action) ? ACTS[action] : undefined;
  if (act === undefined)
    throw new CeremonyError(`"${action}" is no action of a ceremony; --help lists them.`);
  const given = parse(rest);
  const path = need(given, 'transcript');
  const hsm = await openHsm(need(given, 'token'), environment);
  try {
    const transcript = await act({ hsm, now: () => Math.floor(Date.now() / 1_000) }, given, path);
    writeTranscript(path, transcript);
    return transcript.steps.at(-1);
  } finally {
    await hsm.close();
  }
}

function parse(words: readonly string[]): Given {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new CeremonyError(error instanceof Error ? error.message : String(error));
  }
}

function openHsm(token: string, environment: Environment): Promise<HsmClient> {
  const env = new EnvironmentReader(environment);
  const conf = env.optional('SOFTHSM2_CONF');
  return HsmClient.open({
    module: env.text('HSM_MODULE'),
    pinFile: env.text('HSM_PIN_FILE'),
    token,
    ...(conf === undefined ? {} : { environment: { SOFTHSM2_CONF: conf } }),
    // Only tests say where the worker is.
    ...(env.optional('HSM_WORKER') === undefined ? {} : { workerPath: env.text('HSM_WORKER') }),
  });
}

/** The transcript, which must be of this token. */
function open(path: string, given: Given): CeremonyTranscript {
  const transcript = readTranscript(path);
  const token = need(given, 'token');
  if (transcript.token === token) return transcript;
  throw new CeremonyError(`${path} is the transcript of token ${transcript.token}, not of ${token}.`);
}

function need(given: Given, name: Name): string {
  const value = given[name];
  if (value === undefined || value === '') throw new CeremonyError(`--${name} is missing.`);
  return value;
}

function roleOf(given: Given): TrustKeyLabel {
  const name = need(given, 'role');
  const role = TRUST_KEY_LABELS.find((one) => one === name);
  if (role !== undefined) return role;
  throw new CeremonyError(`"${name}" is no role; one of ${TRUST_KEY_LABELS.join(', ')}.`);
}
