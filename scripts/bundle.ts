// SPDX-License-Identifier: Apache-2.0
/**
 * Makes one file of each program with all its modules, dist/bin/NAME.js, and what runs it, dist/bin/NAME.cjs: Node takes
 * about a millisecond for each module that it has to find. What they import from packages is in them, with its licence
 * beside them.
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

/** The programs by their names, as package.json has them, with their folders in src/cli. */
const programs = {
  "wayland-proxy": "proxy",
  "wayland-proxy-ctl": "control",
  "wayland-proxy-host": "host-device",
  "wayland-proxy-replay": "replay",
  "wayland-proxy-vm": "vm",
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${root}dist/bin`;

const options = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node18",
  charset: "ascii",
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: "warning",
} satisfies BuildOptions;

/** What the launcher has, and passes on. */
const modulesOfLauncher: Plugin = {
  name: "modules of the launcher",
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/(user-signal|import-module|kept-code)\.ts$/ }, ({ path }) => ({
      path: `launcher/${basename(path, ".ts")}`,
      external: true,
    }));
  },
};

/** Modules of Node that bring half of its library along, and that few starts need. They are loaded when they are first used. */
const lateModules: Plugin = {
  name: "late modules",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:(child_process|net|tty)$/ }, ({ path, namespace }) =>
      namespace === "late" ? { path, external: true } : { path, namespace: "late" },
    );
    onLoad({ filter: /.*/, namespace: "late" }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object).filter((name) => name !== "default");
      const getters = names.map((name) => `get ${name}() { return require("${path}").${name}; },`);
      return { contents: `module.exports = {\n${getters.join("\n")}\n};` };
    });
  },
};

/** Libraries in a file of their own, which the launcher imports where they are needed. */
const lateLibraries: Plugin = {
  name: "late libraries",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/frame\/load-libraries\.ts$/ }, ({ path }) => ({
      contents: `
        import { importModule } from "../cli/common/import-module.ts";
        export const loadTextLibraries = async () =>
          (await importModule(new URL("text-libraries.mjs", import.meta.url).href)).libraries;`,
      resolveDir: dirname(path),
      loader: "ts",
    }));
    onLoad({ filter: /\/src\/dbus\/load-dbus\.ts$/ }, ({ path }) => ({
      contents: `
        import { importModule } from "../cli/common/import-module.ts";
        export const loadDbus = () => importModule(new URL("dbus-library.cjs", import.meta.url).href);`,
      resolveDir: dirname(path),
      loader: "ts",
    }));
  },
};

/** What the D-Bus library uses only for what we do not: descriptions of interfaces, and buses that are programs. */
const withoutIntrospection: Plugin = {
  name: "without introspection",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(xml2js|event-stream|abstract-socket|hexy)$/ }, ({ path }) => ({
      path,
      namespace: "unused",
    }));
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

/**
 * Private members as ordinary ones, whose names begin with $ instead of #. The compiler has seen that nobody else
 * uses them, and V8 reaches ordinary ones sooner. Before it has optimised our code, a message takes a seventh less of
 * our time, and a session two thirds of it. A class that extends another one keeps its own, since both may have the
 * same names.
 */
const ordinaryMembers: Plugin = {
  name: "ordinary members",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      // Our formatter puts a declaration at the beginning of its line. What is overlooked does not get past esbuild.
      const member = /(?<=\.|^\s+(?:(?:static|readonly|async|get|set) |\*)*)#(?=[a-zA-Z])/gm;
      return { contents: isSubclass.test(text) ? text : text.replace(member, "$"), loader: "ts" };
    });
  },
};

/** Errors aside, whose names all end so, and which have no private members. */
const isSubclass = /\bclass \w+(?:<[^>]*>)? extends (?!\w*Error\b)/;

mkdirSync(folder, { recursive: true });
const fileUrl = 'const fileUrl = require("url").pathToFileURL(__filename).href;';
const results = await Promise.all([
  // This one runs in VMs; no user starts it.
  build({
    ...options,
    entryPoints: [`${root}src/vm/guest/agent.ts`],
    outfile: `${folder}/wayland-proxy-vm-agent.cjs`,
    define: { "import.meta.url": "fileUrl" },
    banner: { js: fileUrl },
    sourcemap: false,
  }),
  // HarfBuzz looks for its WebAssembly beside it.
  build({
    ...options,
    entryPoints: [`${root}src/frame/text-libraries.ts`],
    outfile: `${folder}/text-libraries.mjs`,
    format: "esm",
    sourcemap: false,
  }),
  build({
    ...options,
    entryPoints: [`${root}src/dbus/dbus-library.ts`],
    outfile: `${folder}/dbus-library.cjs`,
    plugins: [withoutIntrospection],
    sourcemap: false,
  }),
  ...Object.entries(programs).flatMap(([name, source]) => [
    build({
      ...options,
      entryPoints: [`${root}src/cli/${source}/main.ts`],
      outfile: `${folder}/${name}.js`,
      define: { "import.meta.url": "fileUrl" },
      plugins: [modulesOfLauncher, lateModules, lateLibraries, ordinaryMembers],
      // The process keeps the whole text in its memory. Names stay as they are, for stack traces.
      minifyWhitespace: true,
      minifySyntax: true,
      lineLimit: 120,
      // For src/cli/launcher/kept-code.ts.
      banner: { js: "(function (require, fileUrl) {" },
      footer: { js: "})" },
      // Node lets a script of vm.Script import nothing.
      supported: { "dynamic-import": false },
    }),
    build({
      ...options,
      entryPoints: [`${root}src/cli/launcher/main.ts`],
      outfile: `${folder}/${name}.cjs`,
      define: { "import.meta.url": "fileUrl" },
      banner: { js: '#!/usr/bin/env node\nconst fileUrl = require("url").pathToFileURL(__filename).href;' },
      // It says which Node is too old.
      target: "node12",
      supported: { "dynamic-import": true },
      sourcemap: false,
    }),
  ]),
]);
copyFileSync(`${root}node_modules/harfbuzzjs/dist/harfbuzz.wasm`, `${folder}/harfbuzz.wasm`);
for (const name of Object.keys(programs)) chmodSync(`${folder}/${name}.cjs`, 0o755);
writeFileSync(`${folder}/licences.txt`, licences(results.map(({ metafile }) => metafile)));

/** The licences of all packages of which there is something in the bundles. */
function licences(metafiles: readonly Metafile[]): string {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const names = new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
  const parts = [...names].sort().map((name) => {
    const { license, author } = JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, "utf8")) as {
      license: string;
      author?: string | { name: string };
    };
    const by = typeof author === "object" ? author.name : (author ?? `the authors of ${name}`);
    return `${name}, by ${by}, under this licence (${license}):\n\n${licenceText(name, license)}`;
  });
  // harfbuzzjs has it compiled.
  parts.push(`HarfBuzz, under this licence:\n\n${readFileSync(`${root}scripts/licences/HarfBuzz.txt`, "utf8")}`);
  return `The programs contain parts of these packages.\n\n${parts.join("\n\n")}`;
}

function licenceText(name: string, license: string): string {
  for (const path of [
    `node_modules/${name}/LICENSE`,
    `node_modules/${name}/LICENSE.md`,
    `node_modules/${name}/LICENSE.txt`,
    `scripts/licences/${license}.txt`,
  ]) {
    try {
      return readFileSync(root + path, "utf8");
    } catch {
      // Packages have it in different places.
    }
  }
  throw new Error(`${name} has no licence text, and scripts/licences/${license}.txt is not there`);
}
