import { expect, it } from "vitest";

import { toJson, toOptions, toYaml } from "./parameter-text";

const PARAMETERS = [
  { name: "rate", value: "0.1" },
  { name: "a: b#c", value: "it's\nlong" },
];

it("is JSON", () => expect(JSON.parse(toJson(PARAMETERS))).toEqual({ rate: "0.1", "a: b#c": "it's\nlong" }));

it("is YAML", () => expect(toYaml(PARAMETERS)).toBe('"rate": "0.1"\n"a: b#c": "it\'s\\nlong"\n'));

it("is a command line", () => expect(toOptions(PARAMETERS)).toBe("--rate 0.1 '--a: b#c' 'it'\\''s\nlong'"));
