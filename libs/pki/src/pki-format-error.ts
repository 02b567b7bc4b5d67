/** Bytes that are not the DER structure they were given as. */
export class PkiFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PkiFormatError';
  }
}
