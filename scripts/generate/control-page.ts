// SPDX-License-Identifier: Apache-2.0
import { CONTROL_VERSION, commandTable, eventTable, MAX_REQUEST_LINE } from "../../src/control/protocol.ts";

const head = `<!-- Made by \`npm run generate\` from src/control/protocol.ts; do not edit. -->
# The control socket

\`wayland-proxy\`, \`wayland-proxy-host\` and \`wayland-proxy-vm --name NAME\` listen on \`$XDG_RUNTIME_DIR/wayland-proxy-NAME.control\`. NAME is what \`--name\` says, else the name of their own
socket, without \`.sock\`. \`wayland-proxy-ctl\` speaks to it:

    wayland-proxy-ctl list                 # all that run, their clients and windows
    wayland-proxy-ctl policy bank          # what programs of bank may see and do
    wayland-proxy-ctl reload bank          # reads the policy file again
    wayland-proxy-ctl kill bank 3          # disconnects a client
    wayland-proxy-ctl clipboard out bank   # gives the host what programs of bank have copied
    wayland-proxy-ctl --json watch         # prints what happens, for a script: first "watching", from where on nothing is missed

The socket has mode 0600, and whoever is neither our user nor root is turned away. The pipe \`SOCKET-ctl\` beside the display's socket
([logging.md](logging.md)) stays as it is.

## The protocol

It is version ${CONTROL_VERSION}. Each message is a line with one JSON object, in UTF-8; [control.schema.json](control.schema.json) has all of them. The program
says first who it is:

    {"protocol":"wayland-proxy-control","version":${CONTROL_VERSION},"name":"bank","program":"wayland-proxy-host","pid":4711}

A request has a \`command\`, perhaps the fields that the table names, and perhaps an \`id\`, a number or a text, which comes back with the answer. An answer has
a \`result\` or an \`error\`, a text:

    {"id":1,"command":"kill","client":"3"}
    {"id":1,"result":{}}
    {"id":2,"command":"kill","client":"33"}
    {"id":2,"error":"there is no client \\"33\\""}

Requests are answered one after the other. Fields and events may be added to a version; ignore those that you do not know. A request has
at most ${MAX_REQUEST_LINE} characters. Whoever sends a longer one, or does not read what is sent, is disconnected.

`;

export function controlPage(): string {
  const commands = Object.entries(commandTable).map(([name, { help, client, actions, selections }]) => {
    const fields = [client && "client", actions && "action", selections && "selection"].filter(Boolean);
    return `| \`${name}\` | ${fields.map((field) => `\`${field}\``).join(", ")} | ${help} |\n`;
  });
  const events = Object.entries(eventTable).map(([name, { help, fields }]) => {
    const names = Object.keys(fields).map((field) => `\`${field}\``);
    return `| \`${name}\` | ${names.join(", ")} | ${help} |\n`;
  });
  return `${head}| command | field | |\n|---|---|---|\n${commands.join("")}
## Events

\`watch\` and \`log\` have events sent from then on: objects with a field \`event\`.

| event | fields | |
|---|---|---|
${events.join("")}`;
}

/** A JSON Schema (2020-12) of the lines in both directions, as text. */
export function controlSchema(): string {
  const commands = Object.entries(commandTable);
  const id = { type: ["string", "integer"] };
  const request = ([name, { client, actions, selections }]: (typeof commands)[number]): object => {
    const fields = {
      ...(client && { client: { type: "string" } }),
      ...(actions && { action: { enum: actions } }),
    };
    return {
      type: "object",
      required: ["command", ...Object.keys(fields)],
      properties: {
        id,
        command: { const: name },
        ...fields,
        ...(selections && { selection: { enum: selections } }),
      },
    };
  };
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `Control protocol of wayland-proxy, version ${CONTROL_VERSION}`,
    anyOf: ["greeting", "request", "answer", "event"].map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: {
      greeting: {
        type: "object",
        required: ["protocol", "version", "name", "program", "pid"],
        properties: {
          protocol: { const: "wayland-proxy-control" },
          version: { const: CONTROL_VERSION },
          name: { type: "string" },
          program: { type: "string" },
          pid: { type: "integer" },
        },
      },
      request: { anyOf: commands.map(request) },
      answer: {
        anyOf: [
          { type: "object", required: ["error"], properties: { id, error: { type: "string" } } },
          {
            type: "object",
            required: ["result"],
            properties: { id, result: { anyOf: commands.map(([name]) => ({ $ref: `#/$defs/result-${name}` })) } },
          },
        ],
      },
      event: {
        anyOf: Object.entries(eventTable).map(([name, { fields }]) => ({
          type: "object",
          required: ["event", ...Object.keys(fields)],
          properties: { event: { const: name }, ...fields },
        })),
      },
      ...Object.fromEntries(commands.map(([name, { result }]) => [`result-${name}`, result])),
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
