import { type CertificateRevocation } from '@maker-registry/protocol';
import { certificateReach, type ListedSerials, type ReachFacts } from './certificate-reach';

const AKI = 'ab'.repeat(20);
const TLS = 'cd'.repeat(20);
const TIME = { at: 1_790_000_000, tx_id: 'ee'.repeat(32) };
const REVOKED: CertificateRevocation = {
  ...{ aki: AKI, serial: '0a01', msp_id: 'Op1MSP', state: 'revoked', reason: 'keyCompromise' },
  ...{ revoked: TIME, updated: TIME, version: 1 },
};
const HELD: CertificateRevocation = { ...REVOKED, state: 'held', reason: 'certificateHold' };
const RELEASED: CertificateRevocation = { ...HELD, state: 'released', version: 2 };

function list(...entries: [string, boolean][]): ListedSerials {
  return { number: '7', held: new Map(entries) };
}

function facts(change: Partial<ReachFacts> = {}): ReachFacts {
  return {
    channel: 'registry',
    configBlock: 40,
    issued: new Map([[AKI, list(['0a01', false])]]),
    configured: new Map([[AKI, list(['0a01', false])]]),
    peers: [
      { msp_id: 'Op1MSP', config_block: 40 },
      { msp_id: 'RegulatorMSP', config_block: 52 },
    ],
    tlsKeyIds: new Set([TLS]),
    atFabricCa: new Set([`${AKI}/0a01`]),
    ...change,
  };
}

describe('how far a revocation has come', () => {
  it('is complete when every station says what the ledger says', () => {
    expect(certificateReach(REVOKED, facts())).toEqual({
      ...{ aki: AKI, serial: '0a01', state: 'revoked', reason: 'keyCompromise', ledger: TIME },
      crl: { number: '7', delta: null, reached: true },
      fabric_ca: 'reached',
      channels: [
        {
          ...{ channel: 'registry', config_block: 40, crl_number: '7', reached: true },
          ...{ peers_reached: ['Op1MSP', 'RegulatorMSP'], peers_behind: [], peers_silent: [] },
        },
      ],
      complete: true,
    });
  });

  it.each<[string, Partial<ReachFacts>]>([
    ['the CRL was not issued yet', { issued: new Map() }],
    ['the CRL says less', { issued: new Map([[AKI, list(['ff', false])]]) }],
    ['the CRL still says hold', { issued: new Map([[AKI, list(['0a01', true])]]) }],
    ['the channel has no CRL', { configured: new Map() }],
    ['the channel has an older CRL', { configured: new Map([[AKI, list(['ff', false])]]) }],
    ['the channel has the CRL of another CA', { configured: new Map([[TLS, list(['0a01', false])]]) }],
    ['the Fabric CA does not know', { atFabricCa: new Set() }],
    ['a peer is behind', { peers: [{ msp_id: 'Op2MSP', config_block: 39 }] }],
    ['a peer does not answer', { peers: [{ msp_id: 'Op2MSP', config_block: null }] }],
  ])('is not complete when %s', (_what, change) => {
    expect(certificateReach(REVOKED, facts(change)).complete).toBe(false);
  });

  it('counts no peer while the configuration lags', () => {
    const [channel] = certificateReach(REVOKED, facts({ configured: new Map() })).channels;
    expect(channel).toMatchObject({ peers_reached: [], peers_behind: ['Op1MSP', 'RegulatorMSP'] });
  });

  it('needs no Fabric CA for holds and releases', () => {
    const held = new Map([[AKI, list(['0a01', true])]]);
    const without = { atFabricCa: new Set<string>() };
    expect(certificateReach(HELD, facts({ ...without, issued: held, configured: held }))).toMatchObject({
      ...{ fabric_ca: 'not_applicable', complete: true },
    });
    expect(
      certificateReach(RELEASED, facts({ ...without, issued: new Map(), configured: new Map() })),
    ).toMatchObject({
      ...{ fabric_ca: 'not_applicable', complete: true },
    });
  });

  it('is not complete while a lifted hold is still listed', () => {
    const held = new Map([[AKI, list(['0a01', true])]]);
    expect(certificateReach(RELEASED, facts({ issued: new Map(), configured: held })).complete).toBe(false);
    expect(certificateReach(RELEASED, facts({ issued: held, configured: new Map() })).complete).toBe(false);
  });

  it('ends at CRL and Fabric CA for certificates of TLS', () => {
    const reach = certificateReach(
      { ...REVOKED, aki: TLS },
      facts({ issued: new Map([[TLS, list(['0a01', false])]]), atFabricCa: new Set([`${TLS}/0a01`]) }),
    );
    expect(reach).toMatchObject({ channels: [], complete: true });
  });
});
