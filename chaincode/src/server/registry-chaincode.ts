import {
  ACTS,
  INTENT_FRAME,
  INTENT_TYPES,
  isRegistryError,
  prepareSchema,
  RegistryError,
} from '@maker-registry/protocol';
import { Shim, type ChaincodeInterface, type ChaincodeResponse, type ChaincodeStub } from 'fabric-shim';
import { reportFault } from '../faults';
import { CONTRACTS } from '../functions';
import { RegistryContext } from '../registry-context';
import type { RegistryContract } from '../registry-contract';
import { wireError } from '../wire-error';
import { checkCall } from './call-checks';
import { checkEndorserClock } from './endorser-clock';

/** Compiles every schema now, so that no transaction waits for it. */
function prepareSchemas(): void {
  prepareSchema(INTENT_FRAME);
  for (const { schema } of Object.values({ ...INTENT_TYPES, ...ACTS })) prepareSchema(schema);
}

/**
 * The chaincode as its peer calls it: checks at the door, then the contract's function.
 *
 * Takes the place of the shim's own runtime for contracts. That one parses the submitter's certificate for every call,
 * although an intent's relay is nobody in particular, and validates and logs arguments that our contracts judge anyway;
 * it also hands a name without a contract to whichever contract comes first.
 */
export class RegistryChaincode implements ChaincodeInterface {
  readonly #contracts: ReadonlyMap<string, RegistryContract>;
  readonly #now: () => number;
  readonly #timeWindowS: number;
  #callsInFlight = 0;

  /** @param now Unix seconds of this machine */
  constructor(now: () => number, timeWindowS: number) {
    prepareSchemas();
    this.#contracts = new Map(CONTRACTS.map(({ name, contract }) => [name, new contract()]));
    this.#now = now;
    this.#timeWindowS = timeWindowS;
  }

  get callsInFlight(): number {
    return this.#callsInFlight;
  }

  /** The chaincode needs no initialization; whoever asks for one is told so. */
  Init(): Promise<ChaincodeResponse> {
    const sentence = 'This chaincode has no initialization.';
    return Promise.resolve(refusal(new RegistryError('NOT_FOUND', sentence, { subject: 'Init' })));
  }

  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    this.#callsInFlight += 1;
    try {
      const { fcn, params } = stub.getFunctionAndParameters();
      checkCall(fcn, params);
      checkEndorserClock(stub.getTxTimestamp().seconds.toNumber(), this.#now(), this.#timeWindowS);
      return Shim.success(Buffer.from(await this.#call(fcn, params, stub), 'utf8'));
    } catch (error) {
      return refusal(error);
    } finally {
      this.#callsInFlight -= 1;
    }
  }

  async #call(fcn: string, params: readonly string[], stub: ChaincodeStub): Promise<string> {
    const [contractName = '', functionName = ''] = fcn.split(':');
    const contract = this.#contracts.get(contractName);
    if (contract === undefined) throw new Error(`no contract ${contractName} behind a checked call`);
    return contract.run(RegistryContext.of(stub), functionName, params);
  }
}

function refusal(error: unknown): ChaincodeResponse {
  if (!isRegistryError(error)) reportFault(error);
  return Shim.error(wireError(error).message);
}
