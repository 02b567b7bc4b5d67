import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type KeyPolicyStub, setKeyPolicy, setPrivateKeyPolicy } from './key-policy';

// ESLint reads the types of the whole room.
jest.setTimeout(240_000);

const ROOT = resolve(__dirname, '../../..');
const POLICY = Buffer.from('policy');

/** A stub that notes each call, with or without a value under every key. */
function recordingStub(value: Uint8Array): { stub: KeyPolicyStub; calls: string[] } {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...parameters: unknown[]) => {
      calls.push([name, ...parameters.filter((parameter) => typeof parameter === 'string')].join(' '));
      return Promise.resolve(value as never);
    };
  const stub = {
    getState: note('getState'),
    setStateValidationParameter: note('setStateValidationParameter'),
    getPrivateDataHash: note('getPrivateDataHash'),
    setPrivateDataValidationParameter: note('setPrivateDataValidationParameter'),
  };
  return { stub, calls };
}

describe('an endorsement policy of a key', () => {
  it('is set after the key was read in the same transaction', async () => {
    const { stub, calls } = recordingStub(Buffer.from('{}'));
    await setKeyPolicy(stub, 'k', POLICY);
    await setPrivateKeyPolicy(stub, 'c', 'k', POLICY);
    expect(calls).toEqual([
      'getState k',
      'setStateValidationParameter k',
      'getPrivateDataHash c k',
      'setPrivateDataValidationParameter c k',
    ]);
  });

  it('is refused for a key that was deleted or never was, and then nothing is set', async () => {
    const { stub, calls } = recordingStub(Buffer.alloc(0));
    await expect(setKeyPolicy(stub, 'k', POLICY)).rejects.toMatchObject({
      code: 'LEDGER_KEY_ABSENT',
      subject: 'k',
    });
    await expect(setPrivateKeyPolicy(stub, 'c', 'k', POLICY)).rejects.toMatchObject({
      code: 'LEDGER_KEY_ABSENT',
    });
    expect(calls).toEqual(['getState k', 'getPrivateDataHash c k']);
  });

  it('is not set when the read fails', async () => {
    const { stub, calls } = recordingStub(Buffer.from('{}'));
    const failing = { ...stub, getState: () => Promise.reject(new Error('the peer is away')) };
    await expect(setKeyPolicy(failing, 'k', POLICY)).rejects.toThrow('the peer is away');
    expect(calls).toEqual([]);
  });
});

/** The rules that ESLint finds broken in a text, as the named file would. */
function brokenRules(file: string, text: string): string[] {
  const eslint = resolve(ROOT, 'node_modules/eslint/bin/eslint.js');
  const { stdout } = spawnSync(
    process.execPath,
    [eslint, '--stdin', '--stdin-filename', file, '--format', 'json'],
    {
      cwd: ROOT,
      input: text,
      encoding: 'utf8',
    },
  );
  const [result] = JSON.parse(stdout) as { messages: { ruleId: string | null; message: string }[] }[];
  return result!.messages
    .filter(({ message }) => message.includes('endorsement policy'))
    .map(({ ruleId }) => ruleId ?? '');
}

const CALLS = `import type { Context } from 'fabric-contract-api';
export async function all({ stub }: Context, policy: Uint8Array): Promise<void> {
  await stub.setStateValidationParameter('k', policy);
  await stub['setStateValidationParameter']('k', policy);
  await stub.setPrivateDataValidationParameter('c', 'k', policy);
  await stub['setPrivateDataValidationParameter']('c', 'k', policy);
  const { setStateValidationParameter: set } = stub;
  const taken = stub.setPrivateDataValidationParameter;
  await Promise.all([set('k', policy), taken('c', 'k', policy)]);
}
`;

describe('lint', () => {
  it('refuses every direct call outside the helper: by name, by element, taken apart, private and public', () => {
    expect(brokenRules('chaincode/src/contracts/rights.ts', CALLS)).toEqual(
      Array(6).fill('no-restricted-properties'),
    );
  });

  it('lets the helper call them', () => {
    expect(brokenRules('chaincode/src/ledger/key-policy.ts', CALLS)).toEqual([]);
  });
});
