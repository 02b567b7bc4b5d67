/** Why a ceremony does not go on; the sentence says what to do. */
export class CeremonyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CeremonyError';
  }
}
