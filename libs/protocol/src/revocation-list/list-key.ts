import { type VerificationKey } from '../intents/envelope';

/** The list key of one operator. */
export interface ListKey extends VerificationKey {
  /** MSP id of the operator whose key it is. */
  readonly issuer: string;
}
