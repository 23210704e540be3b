// SPDX-License-Identifier: Apache-2.0
import { policyRows } from "../../src/policy/table.ts";

interface Group {
  type: "object";
  additionalProperties: false;
  description?: string;
  properties: Record<string, object>;
}

const group = (): Group => ({ type: "object", additionalProperties: false, properties: {} });

/** A JSON Schema (2020-12) of policy files, as text. */
export function policySchema(): string {
  const table = group();
  for (const [, { key, kind, help }] of policyRows) {
    const [first = "", second] = key.split(".");
    let place = table;
    if (second !== undefined) {
      place = (table.properties[first] as Group | undefined) ?? group();
      table.properties[first] = place;
    }
    place.properties[second ?? first] = { description: help, ...kind.schema };
  }
  const named = { type: "object", additionalProperties: { $ref: "#/$defs/table" } };
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Policy of wayland-proxy, wayland-proxy-host and wayland-proxy-vm",
    type: "object",
    additionalProperties: false,
    properties: {
      defaults: { description: "What holds where another table does not say otherwise.", $ref: "#/$defs/table" },
      vm: { description: "A table for each VM, by its name.", ...named },
      client: { description: "A table for each local proxy, by its name.", ...named },
    },
    $defs: { table },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
