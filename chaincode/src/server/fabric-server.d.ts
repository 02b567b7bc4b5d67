/** The shim's gRPC server for peers; the package types it without the method that a peer calls. */
declare module 'fabric-shim/lib/server' {
  import type { ChaincodeInterface, ChaincodeServerOpts } from 'fabric-shim';
  import type { PeerStream } from '../ledger/peer-batching';

  class ChaincodeServer {
    constructor(chaincode: ChaincodeInterface, options: ChaincodeServerOpts);
    start(): Promise<void>;
    /** Called by gRPC for each stream that a peer opens. */
    connect(stream: PeerStream): void;
  }
  export = ChaincodeServer;
}
