import * as pkcs11 from 'pkcs11js';
import { unwrapEcPoint } from './ec';
import { HsmError } from './hsm-error';
import { MAX_FOUND_OBJECTS } from './limits';
import { type KeyDescription } from './messages';
import { type Pkcs11Connection } from './pkcs11-connection';
import { type TokenOperation } from './token-operations';

/** Attributes that are asked for, by the name under which they are told. */
const FLAGS = {
  sensitive: pkcs11.CKA_SENSITIVE,
  extractable: pkcs11.CKA_EXTRACTABLE,
  always_sensitive: pkcs11.CKA_ALWAYS_SENSITIVE,
  never_extractable: pkcs11.CKA_NEVER_EXTRACTABLE,
  local: pkcs11.CKA_LOCAL,
  signs: pkcs11.CKA_SIGN,
  derives: pkcs11.CKA_DERIVE,
} as const;
/** CKS_RW_USER_FUNCTIONS (PKCS#11 2.40, 3.3): a session for reading and writing of a user who is logged in. */
const RW_USER_FUNCTIONS = 3;
type Flag = keyof typeof FLAGS;
const FLAG_NAMES = Object.keys(FLAGS) as Flag[];

/** Every private EC key of the token with its attributes as the token gives them: what was asked for when it was made is no proof. */
export const listKeys: TokenOperation<readonly KeyDescription[]> = (connection, session) => {
  const handles = find(connection, session, [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_EC },
  ]);
  return Promise.resolve(handles.map((handle) => describeKey(connection, session, handle)));
};

/** Removes both parts of the key pair with this label. Throws HSM_KEY_MISSING, HSM_KEY_AMBIGUOUS. */
export function destroyKey(label: string): TokenOperation<string> {
  return (connection, session) => {
    const handles = [pkcs11.CKO_PRIVATE_KEY, pkcs11.CKO_PUBLIC_KEY].map((objectClass) =>
      connection.findKey(session, { label }, objectClass),
    );
    for (const handle of handles) connection.module.C_DestroyObject(session, handle);
    connection.forgetKeys();
    return Promise.resolve('');
  };
}

/** Asks for the session's state: a connection that was dropped while nobody used it is noticed, and one in use is kept alive. */
export const checkSession: TokenOperation<string> = (connection, session) => {
  const { state } = connection.module.C_GetSessionInfo(session);
  if (state === RW_USER_FUNCTIONS) return Promise.resolve('');
  return Promise.reject(
    new HsmError('HSM_UNAVAILABLE', 'the session is not logged in', pkcs11.CKR_USER_NOT_LOGGED_IN),
  );
};

function find(
  connection: Pkcs11Connection,
  session: pkcs11.Handle,
  template: pkcs11.Template,
): pkcs11.Handle[] {
  connection.module.C_FindObjectsInit(session, template);
  try {
    const found = connection.module.C_FindObjects(session, MAX_FOUND_OBJECTS);
    if (found.length < MAX_FOUND_OBJECTS) return found;
    throw new HsmError('HSM_UNAVAILABLE', `the token has ${MAX_FOUND_OBJECTS} keys or more`);
  } finally {
    connection.module.C_FindObjectsFinal(session);
  }
}

function describeKey(
  connection: Pkcs11Connection,
  session: pkcs11.Handle,
  handle: pkcs11.Handle,
): KeyDescription {
  const values = connection.module.C_GetAttributeValue(session, handle, [
    { type: pkcs11.CKA_LABEL },
    { type: pkcs11.CKA_ID },
    ...FLAG_NAMES.map((name) => ({ type: FLAGS[name] })),
  ]);
  const bytes = (i: number): Buffer => Buffer.from(values[i]?.value ?? []);
  const id = bytes(1).toString('hex');
  const flags = Object.fromEntries(FLAG_NAMES.map((name, i) => [name, bytes(i + 2)[0] === 1]));
  const point = pointOf(connection, session, id);
  return {
    label: bytes(0).toString('utf8'),
    id,
    ...(point === undefined ? {} : { point }),
    ...(flags as Readonly<Record<Flag, boolean>>),
  };
}

/** None where two public parts have the id: the one that is not the key's could be anybody's, and things are encrypted to it. */
function pointOf(connection: Pkcs11Connection, session: pkcs11.Handle, id: string): string | undefined {
  const [handle, ...others] = id === '' ? [] : connection.search(session, { id }, pkcs11.CKO_PUBLIC_KEY);
  if (handle === undefined || others.length > 0) return undefined;
  const [value] = connection.module.C_GetAttributeValue(session, handle, [{ type: pkcs11.CKA_EC_POINT }]);
  return value === undefined ? undefined : Buffer.from(unwrapEcPoint(value.value)).toString('hex');
}
