import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { common, msp } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { type ConfigGroup, type ConfigTree, encodeConfigTree, parseConfigTree } from './config-tree';
import {
  buildConfigUpdate,
  changedValues,
  encodeConfigUpdate,
  parseConfigUpdate,
  valueAt,
  withChanges,
} from './config-update';
import { DER_SEQUENCE, encodeDer, readDer } from './der';
import { encodeMspConfig, parseMspConfig } from './msp-config';
import {
  judgeRevocationUpdate,
  organizationMsp,
  revocationConfigUpdate,
  type UpdateJudgement,
} from './revocation-update';
import { codeOf } from './testing/ledger-fixture';
import {
  configurationOf,
  edited,
  NOW,
  OP1,
  testAuthority,
  type TestAuthority,
  type TestCertificate,
  withOrderer,
} from './testing/test-organization';

const CHANNEL = 'registry';
/** Tag of the extensions in a TBSCertList. */
const EXTENSIONS = 0xa0;
const RULES: UpdateJudgement = { channelId: CHANNEL, mspId: 'Op1MSP', at: NOW, inUse: [] };

const LEDGER = readFileSync(join(__dirname, '..', 'fixtures', 'ledger.br'));
const configurationWith = (authority: TestAuthority, list: readonly Uint8Array[] = []): ConfigTree =>
  configurationOf(LEDGER, authority, list);

let ca: TestAuthority;
let config: ConfigTree;

beforeAll(async () => {
  ca = await testAuthority('ca.op1');
  config = configurationWith(ca);
});

function verdict(crl: Uint8Array, rules: Partial<UpdateJudgement> = {}, tree = config): string {
  return codeOf(() =>
    judgeRevocationUpdate(tree, revocationConfigUpdate(CHANNEL, tree, 'Op1MSP', [crl]), {
      ...RULES,
      ...rules,
    }),
  );
}

/** The configuration after the update that brings a CRL. */
function after(crl: Uint8Array, tree = config): ConfigTree {
  const update = parseConfigUpdate(revocationConfigUpdate(CHANNEL, tree, 'Op1MSP', [crl]));
  return withChanges(tree, changedValues(tree, update));
}

/** The update for a definition that was changed at will. */
function updateTo(
  content: (path: readonly string[]) => Uint8Array,
  paths: readonly (readonly string[])[] = OP1,
): Uint8Array {
  return buildConfigUpdate(
    CHANNEL,
    config,
    paths.map((path) => ({ path, content: content(path) })),
  );
}

const judged = (update: Uint8Array, tree = config): string =>
  codeOf(() => judgeRevocationUpdate(tree, update, RULES));

describe('the update that brings a CRL', () => {
  it('names versions only on the way, and the list of one organization in both groups', () => {
    const crl = ca.crl();
    const bytes = revocationConfigUpdate(CHANNEL, config, 'Op1MSP', [crl]);
    const { readSet, writeSet } = parseConfigUpdate(bytes);
    for (const path of OP1) {
      expect(valueAt(readSet, path)).toMatchObject({ version: 0, content: new Uint8Array(0) });
      const written = valueAt(writeSet, path);
      expect(written).toMatchObject({ version: 1, modPolicy: 'Admins' });
      const value = msp.MSPConfig.deserializeBinary(written!.content);
      const list = msp.FabricMSPConfig.deserializeBinary(value.getConfig_asU8()).getRevocationListList_asU8();
      expect(list.map((one) => Buffer.from(one))).toEqual([crl]);
      expect(writeSet.groups.get(path[0])?.policies.size).toBe(0);
    }
  });

  it('is what Fabric’s own decoder reads', () => {
    const bytes = revocationConfigUpdate(CHANNEL, config, 'Op1MSP', [ca.crl()]);
    const update = common.ConfigUpdate.deserializeBinary(bytes);
    expect(update.getChannelId()).toBe(CHANNEL);
    const groups = update.getWriteSet()?.toObject().groupsMap ?? [];
    expect(groups.map(([name]) => name)).toEqual(['Application', 'Orderer']);
    expect(groups.map(([, group]) => group.groupsMap[0]?.[1].valuesMap[0]?.[1].version)).toEqual([1, 1]);
  });

  it('tells its effect', () => {
    const first = ca.crl();
    const second = ca.crl({
      number: 8n,
      revoked: [
        { serial: '0b', revokedAt: NOW - 150, reason: 'certificateHold' },
        { serial: 'ff02', revokedAt: NOW - 150 },
      ],
    });
    const tree = after(first);
    const effect = judgeRevocationUpdate(
      tree,
      revocationConfigUpdate(CHANNEL, tree, 'Op1MSP', [second]),
      RULES,
    );
    expect(effect).toMatchObject({
      groups: ['Application', 'Orderer'],
      sequence: { before: 1, after: 2 },
      crls: [
        {
          key_id: ca.keyId,
          number: { before: '7', after: '8' },
          entries: { before: 1, after: 2 },
          added: 2,
          added_serials: ['0b', 'ff02'],
          removed: 1,
          removed_serials: ['0a01'],
        },
      ],
    });
    expect(effect.max_transaction_bytes).toBe(10 * 1024 * 1024);
  });

  it('replaces the CRL of the same CA and leaves those of others', async () => {
    const other = await testAuthority('intermediate.op1');
    const theirs = other.crl();
    const tree = configurationWith(ca, [theirs, ca.crl()]);
    const next = organizationMsp(after(ca.crl({ number: 8n }), tree), 'Op1MSP');
    expect(next.revocationList).toHaveLength(2);
    expect(Buffer.from(next.revocationList[0] ?? []).equals(theirs)).toBe(true);
  });

  it('changes nothing else, for whatever serial numbers', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 40, size: 'max' }),
        (serials) => {
          const revoked = serials.map((serial) => ({
            serial: serial.toString(16).padStart(6, '0'),
            revokedAt: NOW - 500,
          }));
          const next = after(ca.crl({ revoked }));
          const unmarked = (tree: ConfigTree): ConfigTree =>
            OP1.reduce(
              (one, path) =>
                edited(one, path, (element) => ({
                  ...element,
                  version: 0,
                  content: encodeMspConfig(parseMspConfig(element.content), []),
                })),
              { ...tree, sequence: 0 },
            );
          expect(encodeConfigTree(unmarked(next)).equals(encodeConfigTree(unmarked(config)))).toBe(true);
          expect(parseConfigTree(encodeConfigTree(next)).sequence).toBe(1);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a CRL that is not to enter the channel', () => {
  it('is accepted when it is sound', () => {
    expect(verdict(ca.crl())).toBe('accepted');
  });

  it('does not parse', () => {
    const crl = ca.crl();
    expect(verdict(crl.subarray(0, crl.length - 1))).toBe('CRL_MALFORMED');
    expect(verdict(Buffer.concat([crl, Buffer.of(0)]))).toBe('CRL_MALFORMED');
    expect(verdict(Buffer.from('-----BEGIN X509 CRL-----\n'))).toBe('CRL_MALFORMED');
  });

  it('has no key identifier: every identity of the organization would be refused', () => {
    const without = ca.signed(withoutExtensions(ca.tbs()));
    expect(verdict(without)).toBe('CRL_AKI_MISSING');
    const smuggled = updateTo((path) =>
      encodeMspConfig(parseMspConfig(valueAt(config.channel, path)?.content ?? new Uint8Array()), [without]),
    );
    expect(judged(smuggled)).toBe('CRL_AKI_MISSING');
  });

  it('is of another CA, even of one with the same name', async () => {
    const namesake = await testAuthority('ca.op1');
    expect(verdict(namesake.crl())).toBe('CRL_ISSUER_UNKNOWN');
  });

  it('names the CA but was signed by another', async () => {
    const namesake = await testAuthority('ca.op1');
    const forged = namesake.crl({ authorityKeyIdentifier: Buffer.from(ca.keyId, 'hex') });
    expect(verdict(forged)).toBe('CRL_SIGNATURE_INVALID');
  });

  it('was changed after it was signed', () => {
    const crl = Buffer.from(ca.crl());
    const at = crl.indexOf(Buffer.from('0a01', 'hex'));
    crl[at + 1] = 2;
    expect(verdict(crl)).toBe('CRL_SIGNATURE_INVALID');
  });

  it('is stale or of the future', () => {
    expect(verdict(ca.crl(), { at: NOW + 100_000 })).toBe('CRL_UNRELIABLE');
    expect(verdict(ca.crl(), { at: NOW - 10_000 })).toBe('CRL_UNRELIABLE');
  });

  it('is no newer than the one in the configuration', () => {
    expect(verdict(ca.crl(), {}, configurationWith(ca, [ca.crl({ number: 7n })]))).toBe(
      'CRL_NUMBER_NOT_GREATER',
    );
    expect(verdict(ca.crl(), {}, configurationWith(ca, [ca.crl({ number: 9n })]))).toBe(
      'CRL_NUMBER_NOT_GREATER',
    );
    expect(verdict(ca.crl(), {}, configurationWith(ca, [ca.crl({ number: 6n })]))).toBe('accepted');
  });

  it('is larger than a channel should carry', () => {
    const revoked = Array.from({ length: 60_000 }, (_unused, index) => ({
      serial: (index + 2 ** 40).toString(16).padStart(40, '0').replace(/^0/, '1'),
      revokedAt: NOW - 200,
    }));
    expect(verdict(ca.crl({ revoked }))).toBe('CRL_TOO_LARGE');
  });

  it('makes a transaction that the orderers would not take', () => {
    const revoked = Array.from({ length: 500 }, (_unused, index) => ({
      serial: (index + 4096).toString(16),
      revokedAt: NOW - 200,
    }));
    // BatchSize { 1 max_message_count: 10, 2 absolute_max_bytes: 65,536 }
    const content = Uint8Array.of(0x08, 10, 0x10, 0x80, 0x80, 0x04);
    const small = edited(config, ['Orderer', 'BatchSize'], (element) => ({ ...element, content }));
    expect(verdict(ca.crl({ revoked }), {}, small)).toBe('UPDATE_TOO_LARGE');
  });
});

describe('a CRL that locks out', () => {
  let signer: TestCertificate;
  beforeAll(async () => {
    signer = await ca.issue('CN=admin, OU=admin', '0a01');
  });

  it('revokes who signs the update', () => {
    expect(verdict(ca.crl(), { inUse: [{ name: 'signer', certificate: signer.certificate }] })).toBe(
      'CRL_LOCKS_OUT',
    );
  });

  it('holds the organization’s orderer', () => {
    const revoked = [{ serial: '0a01', revokedAt: NOW - 200, reason: 'certificateHold' as const }];
    expect(verdict(ca.crl({ revoked }), {}, withOrderer(config, signer.certificate))).toBe('CRL_LOCKS_OUT');
  });

  it('may revoke the same serial number of another CA', async () => {
    const other = await (await testAuthority('ca.op2')).issue('CN=admin, OU=admin', '0a01');
    expect(verdict(ca.crl(), { inUse: [{ name: 'signer', certificate: other.certificate }] })).toBe(
      'accepted',
    );
  });
});

describe('an update that does more or less than it says', () => {
  const definition = (path: readonly string[]) =>
    parseMspConfig(valueAt(config.channel, path)?.content ?? new Uint8Array());

  it('is for another channel', () => {
    const update = revocationConfigUpdate('other', config, 'Op1MSP', [ca.crl()]);
    expect(judged(update)).toBe('UPDATE_TOO_BROAD');
  });

  it('changes a CA beside the list', () => {
    const crl = ca.crl();
    const update = updateTo((path) => {
      const { others, ...rest } = definition(path);
      return encodeMspConfig({ ...rest, others: [...others, [2, Buffer.from(ca.certificate)]] }, [crl]);
    });
    expect(judged(update)).toBe('UPDATE_TOO_BROAD');
  });

  it('changes another organization, or another value', () => {
    const path = ['Application', 'Op2MSP', 'MSP'];
    const foreign = buildConfigUpdate(CHANNEL, config, [
      { path, content: encodeMspConfig(definition(path), [ca.crl()]) },
    ]);
    expect(judged(foreign)).toBe('UPDATE_TOO_BROAD');
    const value = buildConfigUpdate(CHANNEL, config, [
      { path: ['Orderer', 'BatchSize'], content: Uint8Array.of(8, 1) },
    ]);
    expect(judged(value)).toBe('UPDATE_TOO_BROAD');
  });

  it('changes one of the two definitions only, or both differently', () => {
    const one = updateTo((path) => encodeMspConfig(definition(path), [ca.crl()]), [OP1[0]]);
    expect(judged(one)).toBe('UPDATE_INCOMPLETE');
    const crls = [ca.crl({ number: 8n }), ca.crl({ number: 9n })];
    const unequal = updateTo((path) => encodeMspConfig(definition(path), [crls.pop() ?? ca.crl()]));
    expect(judged(unequal)).toBe('UPDATE_INCOMPLETE');
  });

  it('withdraws a CRL, or puts two of one CA side by side', () => {
    const tree = configurationWith(ca, [ca.crl()]);
    const withdrawn = buildConfigUpdate(
      CHANNEL,
      tree,
      OP1.map((path) => ({ path, content: encodeMspConfig(definition(path), []) })),
    );
    expect(judged(withdrawn, tree)).toBe('CRL_WITHDRAWN');
    const kept = organizationMsp(tree, 'Op1MSP').revocationList;
    const second = ca.crl({ number: 9n });
    const doubled = buildConfigUpdate(
      CHANNEL,
      tree,
      OP1.map((path) => ({ path, content: encodeMspConfig(definition(path), [...kept, second]) })),
    );
    expect(judged(doubled, tree)).toBe('CRL_AMBIGUOUS');
  });

  it('was made for a configuration that has passed', () => {
    const update = revocationConfigUpdate(CHANNEL, config, 'Op1MSP', [ca.crl()]);
    expect(judged(update, after(ca.crl({ number: 8n })))).toBe('UPDATE_STALE');
  });

  /** The update with its write set changed by somebody on the way. */
  function tampered(change: (writeSet: ConfigGroup) => ConfigGroup): string {
    const update = parseConfigUpdate(revocationConfigUpdate(CHANNEL, config, 'Op1MSP', [ca.crl()]));
    return judged(encodeConfigUpdate({ ...update, writeSet: change(update.writeSet) }));
  }
  const within =
    (name: string, change: (group: ConfigGroup) => ConfigGroup) =>
    (group: ConfigGroup): ConfigGroup => ({
      ...group,
      groups: new Map(group.groups).set(name, change(group.groups.get(name)!)),
    });
  const element = { version: 1, content: new Uint8Array(0), modPolicy: 'Readers' };

  it('changes who may change the list', () => {
    const open = (group: ConfigGroup): ConfigGroup => ({
      ...group,
      values: new Map(group.values).set('MSP', { ...group.values.get('MSP')!, modPolicy: 'Readers' }),
    });
    expect(tampered((group) => group)).toBe('accepted');
    expect(tampered(within('Orderer', within('Op1MSP', open)))).toBe('UPDATE_TOO_BROAD');
  });

  it.each<[string, (group: ConfigGroup) => ConfigGroup]>([
    ['raises a group', within('Application', (group) => ({ ...group, version: 1 }))],
    ['raises the channel', (group) => ({ ...group, version: 1 })],
    [
      'names a policy',
      within('Application', (group) => ({ ...group, policies: new Map([['Admins', element]]) })),
    ],
    ['adds a value', within('Application', (group) => ({ ...group, values: new Map([['New', element]]) }))],
    [
      'adds an organization',
      within('Application', (group) => ({ ...group, groups: new Map([['NewMSP', group]]) })),
    ],
  ])('%s', (_what, change) => {
    expect(tampered(change)).toBe('UPDATE_TOO_BROAD');
  });

  it('carries bytes that nobody would see', () => {
    const update = revocationConfigUpdate(CHANNEL, config, 'Op1MSP', [ca.crl()]);
    expect(judged(Buffer.concat([update, Buffer.of(0x2a, 0x01, 0x00)]))).toBe('WIRE_UNKNOWN_FIELD');
    expect(judged(update.subarray(0, update.length - 1))).toMatch(/^WIRE_/);
    expect(judged(new Uint8Array(0))).not.toBe('accepted');
  });

  it('changes nothing', () => {
    const tree = configurationWith(ca, [ca.crl()]);
    const same = buildConfigUpdate(
      CHANNEL,
      tree,
      OP1.map((path) => ({ path, content: valueAt(tree.channel, path)?.content ?? new Uint8Array() })),
    );
    expect(judged(same, tree)).toBe('UPDATE_WITHOUT_EFFECT');
    expect(codeOf(() => buildConfigUpdate(CHANNEL, config, []))).toBe('UPDATE_WITHOUT_EFFECT');
  });

  it('meets an organization that is not there or is defined in two ways', () => {
    expect(codeOf(() => organizationMsp(config, 'NobodyMSP'))).toBe('CONFIG_MALFORMED');
    const split = edited(config, OP1[0], (element) => ({
      ...element,
      content: encodeMspConfig(parseMspConfig(element.content), [ca.crl()]),
    }));
    expect(codeOf(() => organizationMsp(split, 'Op1MSP'))).toBe('CONFIG_MALFORMED');
  });
});

/** The list as if nobody had thought of extensions: neither key identifier nor number. */
function withoutExtensions(tbs: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  const { content } = readDer(tbs, 0);
  for (let at = 0; at < content.length;) {
    const { tag, end } = readDer(content, at);
    if (tag !== EXTENSIONS) parts.push(Buffer.from(content.subarray(at, end)));
    at = end;
  }
  return encodeDer(DER_SEQUENCE, Buffer.concat(parts));
}
