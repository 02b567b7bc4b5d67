/** One step of the gateway's own schema. Steps are never edited once released; a change is a new step. */
export interface Migration {
  /** Position, from 1, without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
