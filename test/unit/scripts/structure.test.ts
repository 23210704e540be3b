// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { findViolations, type Rules } from "../../../scripts/structure.ts";

const rules: Rules = {
  layers: [["src/cellar"], ["src/kitchen", "src/parlour"], ["src/roof.ts"]],
  sources: ["src", "test"],
  tests: "test",
  options: "src/parlour",
  readEnvironment: ["src/parlour/window.ts"],
  published: ["src/roof.ts"],
  typesFromAbove: {},
  circlesOfTypes: [],
  features: null,
  forTests: {},
};

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "structure-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** What is found in a root of these files. */
function violations(files: Readonly<Record<string, string>>, changes: Partial<Rules> = {}): string[] {
  for (const [file, text] of Object.entries({ "src/roof.ts": "", "test/a.ts": "", ...files })) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return findViolations(root, { ...rules, ...changes });
}

function assertOne(found: readonly string[], ...patterns: RegExp[]): void {
  assert.equal(found.length, 1, found.join("\n"));
  for (const pattern of patterns) assert.match(found[0] ?? "", pattern);
}

const wine = "export const wine = 1;\n";

describe("the order of the architecture", () => {
  it("lets a module use what is below it, in every way of importing", () => {
    const found = violations({
      "src/cellar/wine.ts": `${wine}export interface Bottle {}\nexport function open(): void {}\n`,
      "src/cellar/food.ts": "export const ham = 1;\nconst jam = 2;\nexport { jam as marmalade };\n",
      "src/kitchen/cook.ts": [
        "import {",
        "  type Bottle,",
        "  wine as best,",
        '} from "../cellar/wine.ts";',
        'const { open } = await import("../cellar/wine.ts");',
        "export const cook = 1;",
      ].join("\n"),
      "src/roof.ts": [
        'export { cook } from "./kitchen/cook.ts";',
        'import * as food from "./cellar/food.ts";',
        "export const unusedButPublished = food;",
      ].join("\n"),
    });
    assert.deepEqual(found, []);
  });

  it("finds an import upwards, with file and line", () => {
    const found = violations({
      "src/cellar/wine.ts": '\n\nimport type { cook } from "../kitchen/cook.ts";\n',
      "src/kitchen/cook.ts": "export const cook = 1;\n",
    });
    assertOne(found, /^src\/cellar\/wine\.ts:3: /, /must not import from src\/kitchen/);
  });

  it("finds an import from the neighbour on the same layer, which waits at run time", () => {
    const found = violations({
      "src/kitchen/cook.ts": 'const parlour = await import("../parlour/sofa.ts");\n',
      "src/parlour/sofa.ts": "export const sofa = 1;\n",
    });
    assertOne(found, /^src\/kitchen\/cook\.ts:1: /, /must not import from src\/parlour/);
  });

  it("lets a file that is excused import types from above, and nothing else", () => {
    const typesFromAbove = { "src/cellar/wine.ts": "names the cook" };
    const cook = { "src/kitchen/cook.ts": "export const cook = 1;\n" };
    const named = { ...cook, "src/cellar/wine.ts": 'import type { cook } from "../kitchen/cook.ts";\n' };
    assert.deepEqual(violations(named, { typesFromAbove }), []);
    const used = { ...cook, "src/cellar/wine.ts": 'import { cook } from "../kitchen/cook.ts";\n' };
    assertOne(violations(used, { typesFromAbove }), /^src\/cellar\/wine\.ts:1: /, /must not import from src\/kitchen/);
  });

  it("finds a feature that knows another one, whatever they need of each other", () => {
    const files = {
      "src/kitchen/cook.ts": "export class Cook {}\n",
      "src/kitchen/baker.ts":
        'import type { Cook } from "./cook.ts";\nexport class Baker {}\nexport type Chef = Cook;\n',
      "src/kitchen/hob.ts": 'import { Cook } from "./cook.ts";\nexport const hob = Cook;\n',
      "src/roof.ts": [
        'import { Cook } from "./kitchen/cook.ts";',
        'import { Baker, type Chef } from "./kitchen/baker.ts";',
        'import { hob } from "./kitchen/hob.ts";',
        "const staff: readonly Chef[] = [",
        "  Cook,",
        "  Baker,",
        "];",
        "export const all = [...staff, hob];",
      ].join("\n"),
    };
    const features = { file: "src/roof.ts", list: "staff" };
    assertOne(violations(files, { features }), /^src\/kitchen\/baker\.ts:1: is a feature/, /src\/kitchen\/cook\.ts/);
    const nameless = violations(files, { features: { ...features, list: "rooms" } });
    assertOne(nameless, /^src\/roof\.ts:1: has no array rooms/);
  });

  it("finds an import from outside the architecture", () => {
    const found = violations({
      "src/kitchen/cook.ts": 'import { fake } from "../../test/a.ts";\n',
      "test/a.ts": "export const fake = 1;\n",
    });
    assertOne(found, /^src\/kitchen\/cook\.ts:1: /, /test\/a\.ts, which stands outside/);
  });

  it("finds a file that is in no module", () => {
    assertOne(violations({ "src/attic/dust.ts": "" }), /^src\/attic\/dust\.ts:1: belongs to no module/);
  });

  it("finds a circle of imports, but lets types refer to each other where the list says so", () => {
    const types = {
      "src/cellar/wine.ts": `import type { ham } from "./food.ts";\n${wine}`,
      "src/cellar/food.ts": 'import { wine } from "./wine.ts";\nexport const ham = wine;\n',
    };
    const circlesOfTypes = ["src/cellar"];
    assertOne(violations(types), /imports in a circle/);
    assert.deepEqual(violations(types, { circlesOfTypes }), []);
    const found = violations(
      { ...types, "src/cellar/wine.ts": `import { ham } from "./food.ts";\n${wine}` },
      { circlesOfTypes },
    );
    assertOne(found, /imports in a circle: src\/cellar\/\w+\.ts -> src\/cellar\/\w+\.ts -> src\/cellar\//);
  });

  it("finds an export that only its own file and tests use, unless the list has a reason for it", () => {
    const files = {
      "src/cellar/wine.ts": `${wine}export const water = wine;\n`,
      "src/roof.ts": 'import { water } from "./cellar/wine.ts";\n',
      "test/a.ts": 'import { wine } from "../src/cellar/wine.ts";\n',
    };
    assertOne(violations(files), /^src\/cellar\/wine\.ts:1: /, /uses the export wine/);
    assert.deepEqual(violations(files, { forTests: { "src/cellar/wine.ts#wine": "a fixture for tests" } }), []);
  });

  it("finds excuses that are needed no more", () => {
    const forTests = { "src/cellar/wine.ts#wine": "was a fixture", "src/cellar/wine.ts#beer": "was another" };
    const found = violations(
      { "src/cellar/wine.ts": wine, "src/roof.ts": 'import { wine } from "./cellar/wine.ts";\n' },
      { forTests },
    );
    assert.equal(found.length, 2);
    assert.match(found.join("\n"), /wine is in use/);
    assert.match(found.join("\n"), /beer is in the list of excused exports, but does not exist/);
  });

  it("does not take comments for code, nor strings for comments", () => {
    const found = violations({
      "src/cellar/wine.ts": [
        "/*",
        'import { cook } from "../kitchen/cook.ts";',
        "*/",
        '// export { cook } from "../kitchen/cook.ts";',
        'export const url = "https://example.org"; /* export const unused = 1; */',
      ].join("\n"),
      "src/roof.ts": 'import { url } from "./cellar/wine.ts";\n',
    });
    assert.deepEqual(found, []);
  });

  it("lets an exported type be, if its own file needs a name for it", () => {
    const found = violations({
      "src/cellar/wine.ts":
        "export interface Bottle {}\nexport interface Cork {}\nexport function open(): Bottle {\n  return {};\n}\n",
      "src/roof.ts": 'import { open } from "./cellar/wine.ts";\n',
    });
    assertOne(found, /^src\/cellar\/wine\.ts:2: /, /uses the export Cork/);
  });

  it("lets one file read the environment", () => {
    const found = violations({
      "src/parlour/window.ts": "process.env;\n",
      "src/kitchen/cook.ts": "// See process.env.\nconst own = { env: 1 };\nown.env;\n",
      "src/kitchen/salt.ts": "const { HOME } = process.env;\nHOME;\n",
      "src/kitchen/soup.ts": 'import { argv, env } from "node:process";\nargv;\nenv;\n',
      "test/b.ts": "process.env;\n",
    });
    assert.equal(found.length, 2, found.join("\n"));
    assert.match(
      found.join("\n"),
      /src\/kitchen\/salt\.ts:1: reads process\.env, which is for src\/parlour\/window\.ts/,
    );
    assert.match(found.join("\n"), /src\/kitchen\/soup\.ts:1: reads process\.env/);
  });

  it("lets the command line alone know the names of its options", () => {
    const options = 'const rows = [{ flags: "-w, --with-wine <YEAR>" }, { flags: "--salt" }];\nrows;\n';
    const found = violations({
      "src/parlour/options.ts": options,
      "src/kitchen/cook.ts":
        'let guests = 9;\n// See --salt.\nthrow new Error("--salty: see --with-wine", --guests);\n',
    });
    assertOne(found, /^src\/kitchen\/cook\.ts:3: names the option --with-wine, which src\/parlour alone knows$/);
  });
});
