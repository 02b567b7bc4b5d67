import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { isInNetwork, parseIpv4, parseIpv6 } from './ip-address';
import { isPrivateAddress } from './private-address';

describe('isPrivateAddress', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.255',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '0.0.0.0',
    '192.0.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::7f00:1',
    '::8.8.8.8',
    'fe80::1',
    'febf::1',
    'fd00::1',
    'fc00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::7f00:1',
    '100::1',
    '2002:7f00:1::1',
    '2001:0:a00:1::',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    'fec0::1',
    '192.88.99.1',
  ])('says yes of %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '',
    'not an address',
    'localhost',
    '8.8.8',
    '8.8.8.8.8',
    '08.8.8.8',
    '0x8.8.8.8',
    '134744072',
    '8.8.8.256',
    '8.8.8.8 ',
    '8.8.8.-8',
    '[2606:4700::1111]',
    '2606:4700::1111%eth0',
    '2606:4700:::1111',
    '2606::4700::1111',
    '2606:4700:1:2:3:4:5:6:7',
    '2606:4700:1:2:3:4:5',
    '2606:4700:1:2:3:4:5::6:7',
    '2606:47000::1',
    '2606:8.8.8.8::1',
    '8.8.8.8::',
    '2606:g::1',
  ])('takes %j for no public address', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '198.17.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '2001:4860:4860::8888',
    '2a00:1450:4001:81b::200e',
    '::ffff:8.8.8.8',
    '::FFFF:808:808',
  ])('says no of %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe('reading addresses', () => {
  it('agrees with the platform on what an address is', () => {
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ maxLength: 20, unit: fc.constantFrom(...'0123456789abcdef:.'.match(/./g)!) }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseIpv4(text) === undefined).toBe(isIP(text) !== 4);
        expect(parseIpv6(text) === undefined).toBe(isIP(text) !== 6);
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees with the platform on what lies in a network', () => {
    const networks = fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 }), fc.ipV6());
    fc.assert(
      fc.property(networks, ([network, bits, address]) => {
        const list = new BlockList();
        list.addSubnet(network, bits, 'ipv6');
        const found = isInNetwork(parseIpv6(address) ?? [], parseIpv6(network) ?? [], bits);
        // The platform also matches IPv4 addresses inside mapped ones; generated ones are seldom mapped.
        expect(found).toBe(list.check(address, 'ipv6'));
      }),
      { numRuns: 2000 },
    );
  });
});
