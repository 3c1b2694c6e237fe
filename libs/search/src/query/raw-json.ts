const JSON_WITH_RAW = JSON as unknown as { rawJSON(text: string): object };

/** A whole number of any length in JSON, which a JavaScript number could not hold. */
export function rawJson(number: bigint): object {
  return JSON_WITH_RAW.rawJSON(String(number));
}
