// SPDX-License-Identifier: Apache-2.0
import type { HostConnector } from "../host/connector.ts";
import { printable } from "../log/printable.ts";
import type { SystemError } from "../native/errors.ts";
import type { GlobalPolicy } from "../protocol/global-policy.ts";
import type { ProtocolRegistry } from "../protocol/protocol-registry.ts";
import type { Transport } from "../wire/transport.ts";
import { type Finding, failed, missing, ok } from "./finding.ts";
import { type Global, listGlobals } from "./list-globals.ts";
import { privilegedGlobals, type WantedGlobal, wantedGlobals } from "./wanted-globals.ts";

/** Milliseconds that a compositor may take for each of two answers. */
const ANSWER_TIMEOUT_MS = 5000;

const SUBJECT = "compositor";

/** A host to be asked. */
export interface AskedHost {
  readonly name: string;
  readonly connect: HostConnector;
  /** The remedy when nobody answers. */
  readonly remedy: string;
}

/** Asks the host what it offers, and says what of that programs will see, and what will be missing. */
export async function checkCompositor(
  host: AskedHost,
  policy: GlobalPolicy,
  protocol: ProtocolRegistry,
): Promise<Finding[]> {
  let transport: Transport;
  try {
    transport = await host.connect(AbortSignal.timeout(ANSWER_TIMEOUT_MS));
  } catch (error) {
    const { code, message } = error as SystemError;
    return [failed(SUBJECT, `nobody answers at ${host.name} (${code ?? message}): ${host.remedy}`)];
  }
  try {
    const globals = await listGlobals(transport, ANSWER_TIMEOUT_MS);
    return [ok(SUBJECT, `answers at ${host.name}`), ...judge(globals, policy, protocol)];
  } catch (error) {
    return [failed(SUBJECT, `what listens at ${host.name} is of no use, ${(error as Error).message}: ${host.remedy}`)];
  }
}

function judge(globals: readonly Global[], policy: GlobalPolicy, protocol: ProtocolRegistry): Finding[] {
  const offered = globals.filter(({ interface: name, version }) => {
    return policy.offered(name, version, protocol.get(name)?.version ?? 0) > 0;
  });
  const had = new Set(globals.map((global) => global.interface));
  const seen = new Set(offered.map((global) => global.interface));
  const lost = wantedGlobals.filter(({ names }) => !names.some((name) => seen.has(name)));
  const hidden = privilegedGlobals.filter(({ names }) => names.some((name) => had.has(name) && !seen.has(name)));
  const unknown = [...had].filter((name) => protocol.get(name) === undefined);
  const findings = [
    ok("globals", `programs see ${offered.length} of the compositor's ${globals.length}`),
    ...lost.map((global) => lostGlobal(global, had)),
    ...hidden.map(hiddenGlobal),
  ];
  if (unknown.length > 0) {
    const names = printable(unknown.join(", "));
    findings.push(missing("globals", `not known, so hidden: ${names}`, { code: "unknown-globals" }));
  }
  return findings;
}

function lostGlobal({ names, purpose, programs, essential }: WantedGlobal, had: ReadonlySet<string>): Finding {
  const [name = ""] = names;
  const reason = names.some((one) => had.has(one)) ? "it is hidden" : "the compositor has none";
  return (essential ? failed : missing)(name, `${reason}; it is for ${purpose} (${programs})`);
}

function hiddenGlobal({ names, purpose, programs }: WantedGlobal): Finding {
  const [name = ""] = names;
  return missing(name, `hidden, since it gives power over others; it is for ${purpose} (${programs})`, {
    code: "hidden-global",
    about: name,
  });
}
