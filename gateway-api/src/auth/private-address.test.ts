import { isPrivateAddress, publicAddress } from './private-address';
import { fetchDocument } from './fetch-document';

describe('isPrivateAddress', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::1',
    '2001:0:a00:1::',
    'fec0::1',
    '192.88.99.1',
    'not an address',
  ])('says yes of %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
  ])('says no of %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe('fetching an issuer’s document', () => {
  it('does not connect to this machine or without TLS unless permitted', async () => {
    await expect(publicAddress('localhost')).rejects.toThrow('not a public address');
    await expect(publicAddress('[::1]')).rejects.toThrow('not a public address');
    await expect(fetchDocument(new URL('https://127.0.0.1:1/keys'), false)).rejects.toThrow(
      'not a public address',
    );
    await expect(fetchDocument(new URL('http://id.example/keys'), false)).rejects.toThrow('not https');
  });
});
