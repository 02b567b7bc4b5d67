/**
 * One numbered change of the mirror's tables. `sql` names tables without a schema: it runs with the search path set
 * to the schema being prepared, so that a rebuild can prepare a second one beside the schema in use.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
