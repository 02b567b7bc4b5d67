/** Bytes that are not the TPM structure they were given as. The message says where; it never repeats the bytes. */
export class TpmFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TpmFormatError';
  }
}
