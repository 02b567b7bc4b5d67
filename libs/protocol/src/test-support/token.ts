import { toBase64Url } from '../encoding/bytes';
import { sha256, sha256Hex } from '../encoding/hash';
import { ecJwk, type EcPublicJwk, keyThumbprint } from '../jose/jwk';
import { fromHex, utf8 } from '../encoding/bytes';
import { type TokenClaims } from '../tokens/claims';
import { assembleToken, tokenSigningInput } from '../tokens/token';
import { NETWORK } from './parameters';
import { ed25519Signer, es256Signer } from './software-signer';

export const NOW = 1_800_000_000;
export const DEVICE = sha256Hex('device');
export const HOLDER = ed25519Signer('ann');
export const OPERATOR = es256Signer('operator');
export const OPERATOR_JWK: EcPublicJwk = {
  ...ecJwk(fromHex(OPERATOR.publicKey)),
  kid: 'op1-token',
  use: 'sig',
};

export const CLAIMS: TokenClaims = {
  iss: 'Op1MSP',
  sub: sha256Hex('ann'),
  jti: toBase64Url(sha256('jti')),
  iat: NOW,
  nbf: NOW,
  exp: NOW + 3600,
  network: NETWORK,
  right_id: sha256Hex('right'),
  right_version: 2,
  artifact_id: sha256Hex('artifact'),
  root_digest: sha256Hex('root'),
  actions: ['execute'],
  limits: { max_executions: 10 },
  obligations: ['attribution'],
  purpose: 'deployment',
  risk_class: 'high',
  domains: ['ncii-deepfake'],
  gate: { attestation_required: true, list_max_age_s: 120, fail_closed: true },
  cnf: { jkt: keyThumbprint(HOLDER.alg, HOLDER.publicKey) },
  device_id: DEVICE,
  key_version: 1,
};

/** A token as an operator's HSM would sign it. */
export async function tokenOf(claims: TokenClaims = CLAIMS, kid = 'op1-token'): Promise<string> {
  const input = tokenSigningInput(claims, kid);
  return assembleToken(input, await OPERATOR.sign(utf8(input)));
}
