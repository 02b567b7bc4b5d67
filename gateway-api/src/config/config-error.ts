/** A setting that is missing or wrong. The message names the variable or file and says what is expected. */
export class ConfigError extends Error {
  readonly setting: string;

  constructor(setting: string, expectation: string, options?: ErrorOptions) {
    super(`${setting}: ${expectation}`, options);
    this.name = 'ConfigError';
    this.setting = setting;
  }
}
