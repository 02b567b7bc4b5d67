import { readFileSync } from 'node:fs';
import * as pkcs11 from 'pkcs11js';
import { HsmError } from './hsm-error';
import { MAX_FOUND_OBJECTS, MAX_SESSIONS } from './limits';
import { type KeyReference, type TokenConfig } from './messages';
import { isPinRefusal, returnValue, toHsmError } from './pkcs11-codes';

const REQUIRED_MECHANISMS: readonly (readonly [number, string])[] = [
  [pkcs11.CKM_ECDSA, 'CKM_ECDSA'],
  [pkcs11.CKM_ECDH1_DERIVE, 'CKM_ECDH1_DERIVE'],
  [pkcs11.CKM_EC_KEY_PAIR_GEN, 'CKM_EC_KEY_PAIR_GEN'],
];

/** Padding of CK_TOKEN_INFO texts. */
function trimLabel(label: string): string {
  return label.replace(/[\s\0]+$/, '');
}

function describe(key: KeyReference): string {
  return 'label' in key ? `with label "${key.label}"` : `with id ${key.id}`;
}

/**
 * One process's connection to one token: module, login, sessions and key handles. Not concurrent by itself; who uses
 * it keeps one operation per session. A refused PIN is final: the connection never logs in again.
 */
export class Pkcs11Connection {
  readonly module = new pkcs11.PKCS11();
  private readonly config: TokenConfig;
  private slot: pkcs11.Handle | undefined;
  /** Open as long as the connection: closing an application's last session logs it out. */
  private login: pkcs11.Handle | undefined;
  private readonly handles = new Map<string, pkcs11.Handle>();
  private refused: HsmError | undefined;
  private initialized = false;

  constructor(config: TokenConfig) {
    if (!Number.isInteger(config.sessions) || config.sessions < 1 || config.sessions > MAX_SESSIONS) {
      throw new HsmError('HSM_BAD_REQUEST', `sessions must be between 1 and ${MAX_SESSIONS}`);
    }
    this.config = config;
    try {
      this.module.load(config.module);
    } catch (error) {
      throw toHsmError(error, `loading the PKCS#11 module ${config.module}`);
    }
  }

  /** Initializes the module, finds the token, logs in; returns the sessions of the pool. */
  open(): pkcs11.Handle[] {
    this.initialize();
    return this.openSessions();
  }

  /** Drops every session and handle and starts again within the initialized module. */
  reopen(): pkcs11.Handle[] {
    this.dropSessions();
    return this.openSessions();
  }

  /** The last resort: finalizes the module and starts from nothing. */
  reinitialize(): pkcs11.Handle[] {
    this.close();
    return this.open();
  }

  close(): void {
    this.dropSessions();
    try {
      if (this.initialized) this.module.C_Finalize();
    } catch {
      // The module is gone already, which is what was asked for.
    }
    this.initialized = false;
  }

  openSession(): pkcs11.Handle {
    if (this.slot === undefined) throw new HsmError('HSM_UNAVAILABLE', 'the token is not open');
    return this.module.C_OpenSession(this.slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
  }

  closeSession(session: pkcs11.Handle): void {
    try {
      this.module.C_CloseSession(session);
    } catch {
      // A session the token dropped can't be closed and need not be.
    }
  }

  /** Handle of the one object of this class; remembered until the next reopening. */
  findKey(session: pkcs11.Handle, key: KeyReference, objectClass: number): pkcs11.Handle {
    const name = `${objectClass}:${'label' in key ? `label:${key.label}` : `id:${key.id}`}`;
    const known = this.handles.get(name);
    if (known !== undefined) return known;
    const found = this.search(session, key, objectClass);
    const [handle] = found;
    if (handle === undefined) {
      throw new HsmError('HSM_KEY_MISSING', `token "${this.config.token}" has no key ${describe(key)}`);
    }
    if (found.length > 1) {
      throw new HsmError(
        'HSM_KEY_AMBIGUOUS',
        `token "${this.config.token}" has ${found.length} keys ${describe(key)}; remove all but one`,
      );
    }
    this.handles.set(name, handle);
    return handle;
  }

  /** Handles are looked up again: an object was removed. */
  forgetKeys(): void {
    this.handles.clear();
  }

  search(session: pkcs11.Handle, key: KeyReference, objectClass: number): pkcs11.Handle[] {
    const attribute =
      'label' in key
        ? { type: pkcs11.CKA_LABEL, value: key.label }
        : { type: pkcs11.CKA_ID, value: Buffer.from(key.id, 'hex') };
    this.module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: objectClass }, attribute]);
    try {
      return this.module.C_FindObjects(session, MAX_FOUND_OBJECTS);
    } finally {
      this.module.C_FindObjectsFinal(session);
    }
  }

  private initialize(): void {
    if (this.initialized) return;
    try {
      // Without OS locking SoftHSM crashes as soon as two sessions sign at once.
      this.module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    } catch (error) {
      if (returnValue(error) !== pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        throw toHsmError(error, 'C_Initialize');
      }
    }
    this.initialized = true;
  }

  private openSessions(): pkcs11.Handle[] {
    if (this.refused !== undefined) throw this.refused;
    this.slot = this.findSlot();
    this.checkMechanisms(this.slot);
    this.login = this.openSession();
    this.logIn(this.login);
    return Array.from({ length: this.config.sessions }, () => this.openSession());
  }

  private dropSessions(): void {
    this.handles.clear();
    if (this.slot !== undefined) {
      try {
        this.module.C_CloseAllSessions(this.slot);
      } catch {
        // Whatever is left of them dies with the module.
      }
    }
    this.slot = undefined;
    this.login = undefined;
  }

  private findSlot(): pkcs11.Handle {
    const slots = this.module
      .C_GetSlotList(true)
      .filter((slot) => trimLabel(this.module.C_GetTokenInfo(slot).label) === this.config.token);
    const [slot] = slots;
    if (slot === undefined || slots.length > 1) {
      throw new HsmError(
        'HSM_TOKEN_MISSING',
        `${slots.length === 0 ? 'no' : 'more than one'} token has the label "${this.config.token}"; check the module's configuration`,
        slot === undefined ? pkcs11.CKR_TOKEN_NOT_PRESENT : undefined,
      );
    }
    return slot;
  }

  private checkMechanisms(slot: pkcs11.Handle): void {
    const offered = new Set(this.module.C_GetMechanismList(slot));
    const missing = REQUIRED_MECHANISMS.filter(([mechanism]) => !offered.has(mechanism)).map(
      ([, name]) => name,
    );
    if (missing.length > 0) {
      throw new HsmError('HSM_MECHANISM_MISSING', `token "${this.config.token}" lacks ${missing.join(', ')}`);
    }
  }

  private logIn(session: pkcs11.Handle): void {
    try {
      this.module.C_Login(session, pkcs11.CKU_USER, readFileSync(this.config.pinFile, 'utf8').trim());
    } catch (error) {
      if (returnValue(error) === pkcs11.CKR_USER_ALREADY_LOGGED_IN) return;
      if (!isPinRefusal(error)) throw toHsmError(error, `logging in to token "${this.config.token}"`);
      this.refused = new HsmError(
        'HSM_PIN_REFUSED',
        `token "${this.config.token}" refused the PIN in ${this.config.pinFile}; it is not tried again, so that the token does not lock: correct the file and restart`,
        returnValue(error),
      );
      throw this.refused;
    }
  }
}
