/** Orders names as people do: `step 9` before `step 10`. */
export const compareText: (a: string, b: string) => number = new Intl.Collator("en", { numeric: true }).compare;
