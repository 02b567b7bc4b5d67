/**
 * Runs what the recovery test asks for in a process of its own: SoftHSM reads its configuration from the native
 * environment, which a test runner's sandbox does not change, and a crash of the module must not take the runner along.
 */
import { createHash } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { HsmError } from '../hsm-error';
import { type TokenConfig } from '../messages';
import { RecoveringToken } from '../recovering-token';
import { generateKeyPair, signDigest, type TokenOperation } from '../token-operations';

const DIGEST = createHash('sha256').update('message').digest();
const sign = signDigest({ label: 'signer' }, DIGEST, true);
const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
const TOGETHER = 12;
const ATTEMPTS = 6;

type Disturbance = (module: pkcs11.PKCS11, session: pkcs11.Handle) => void;

const closeAll: Disturbance = (module) => {
  module.C_GetSlotList(true).forEach((slot) => {
    module.C_CloseAllSessions(slot);
  });
};

/** A signature before which something happens to the token, once. */
function after(disturb: Disturbance): TokenOperation<Uint8Array> {
  let done = false;
  return (connection, session) => {
    if (!done) {
      done = true;
      disturb(connection.module, session);
    }
    return sign(connection, session);
  };
}

const abandoned: TokenOperation<never> = (connection, session) => {
  const key = connection.findKey(session, { label: 'signer' }, pkcs11.CKO_PRIVATE_KEY);
  connection.module.C_SignInit(session, { mechanism: pkcs11.CKM_ECDSA }, key);
  return Promise.reject(new HsmError('HSM_BAD_REQUEST', 'abandoned'));
};

const hopeless: TokenOperation<never> = () =>
  Promise.reject(new HsmError('HSM_UNAVAILABLE', 'device error', pkcs11.CKR_DEVICE_ERROR));

const makeTwins: TokenOperation<null> = (connection, session) => {
  for (let i = 0; i < 2; i += 1) {
    connection.module.C_GenerateKeyPair(
      session,
      { mechanism: pkcs11.CKM_EC_KEY_PAIR_GEN },
      [
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_EC_PARAMS, value: P256 },
      ],
      [
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_LABEL, value: 'twin' },
      ],
    );
  }
  return Promise.resolve(null);
};

const SCENARIOS: Readonly<Record<string, (token: RecoveringToken) => Promise<unknown>>> = {
  sessionsClosed: (token) => token.run(after(closeAll)),
  loggedOut: (token) =>
    token.run(
      after((module, session) => {
        module.C_Logout(session);
      }),
    ),
  finalized: (token) =>
    token.run(
      after((module) => {
        module.C_Finalize();
      }),
    ),
  failTogether: (token) => {
    const disturbed = after(closeAll);
    return Promise.all(Array.from({ length: TOGETHER }, (_, i) => token.run(i === 0 ? disturbed : sign)));
  },
  abandoned: async (token) => {
    for (let i = 0; i < ATTEMPTS; i += 1) await token.run(abandoned).catch(() => undefined);
    return Promise.all(Array.from({ length: TOGETHER }, () => token.run(sign)));
  },
  hopeless: (token) => token.run(hopeless),
  usable: (token) => token.run(sign),
  twins: async (token) => {
    await token.run(makeTwins);
    return token.run(signDigest({ label: 'twin' }, DIGEST, true));
  },
};

let token: RecoveringToken | undefined;

async function start(config: TokenConfig): Promise<void> {
  token = new RecoveringToken(config);
  await token.run(generateKeyPair('signer', 'sign'));
}

async function perform(message: { config?: TokenConfig; scenario?: string }): Promise<unknown> {
  if (message.config !== undefined) return start(message.config);
  const scenario = SCENARIOS[message.scenario ?? ''];
  if (scenario === undefined || token === undefined) throw new Error('unknown scenario');
  await scenario(token);
  return null;
}

process.on('message', (message: { config?: TokenConfig; scenario?: string }) => {
  perform(message)
    .then(
      () => ({}),
      (error: unknown) => ({
        code: (error as HsmError).code,
        ckr: (error as HsmError).ckr,
        message: String(error),
      }),
    )
    .then((outcome) => process.send?.({ ...outcome, counters: token?.counters() }))
    .catch(() => process.exit(1));
});
process.on('disconnect', () => {
  token?.close();
  process.exit(0);
});
