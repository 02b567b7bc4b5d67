import { publicAddress } from './private-address';
import { fetchDocument } from './fetch-document';

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
