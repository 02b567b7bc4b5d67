/** The shim's conversation with one peer; the package ships no types for it. */
declare module 'fabric-shim/lib/handler' {
  class ChaincodeMessageHandler {
    readonly _stream: object;
    constructor(stream: object, chaincode: object);
    _askPeerAndListen(message: object, method: string): Promise<Uint8Array>;
  }
  export { ChaincodeMessageHandler };
}
