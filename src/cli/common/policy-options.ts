// SPDX-License-Identifier: Apache-2.0
/** The policy file of the programs that relay: which one, what the command line changes in it, and how it is read again. */
import { resolve } from "node:path";
import { attempt, type Finding, ok } from "../../check/finding.ts";
import { UserError } from "../../errors.ts";
import { limitedLogger } from "../../log/limited-logger.ts";
import type { Logger } from "../../log/logger.ts";
import { printable } from "../../log/printable.ts";
import { defaultPolicy, type PolicySubject } from "../../policy/defaults.ts";
import { explainPolicy, type Reloaded, reloadPolicy } from "../../policy/explain.ts";
import { PolicyGuard } from "../../policy/guard.ts";
import type { Policy, TitleBarPolicy } from "../../policy/policy.ts";
import type { ProtocolRegistry } from "../../protocol/protocol-registry.ts";
import type { OptionTable } from "./command-line.ts";

/** The settings that the command line asked for. */
export interface PolicySettings {
  /** The path of the policy file. */
  readonly policy?: string;
  /** The name of this VM or proxy: of its table in the file, and for others. */
  readonly name?: string;
  readonly tag?: string;
  readonly appIdPrefix?: string;
  readonly titleBars?: TitleBarPolicy;
}

/** The settings, and what the program itself adds. */
export interface PolicyWish extends PolicySettings {
  /** The tag where neither the command line nor the file has one. */
  readonly defaultTag?: string;
}

/** The two options, which stand in a part of the program's help. @param subject what the names of tables begin with */
export function policyOptions(
  group: string,
  subject: PolicySubject,
): OptionTable<Pick<PolicySettings, "policy" | "name">> {
  return {
    policy: {
      group,
      flags: "--policy <FILE>",
      help: "what programs may see and do, in TOML (see docs/policy.md); read again on SIGHUP",
      completes: "file",
    },
    name: {
      group,
      flags: "--name <NAME>",
      help: `what this is called, for the table [${subject}.NAME] of the policy, the compositor and wayland-proxy-ctl`,
      parse: checkedName,
    },
  };
}

function checkedName(name: string): string {
  if (/^\w[\w.-]{0,63}$/.test(name)) return name;
  throw new UserError(
    `--name ${JSON.stringify(name)} is no name: write letters, digits, "-", "_" and ".", at most 64, the first a letter or digit`,
  );
}

/**
 * The policy that the settings ask for.
 *
 * @throws UserError with each mistake in the file and its line
 */
async function policyOf(settings: PolicyWish, subject: PolicySubject, protocol: ProtocolRegistry): Promise<Policy> {
  const { policy: path, name, defaultTag = "", appIdPrefix, titleBars } = settings;
  const policy = path === undefined ? defaultPolicy(subject) : await fromFile(path, subject, name, protocol);
  return {
    ...policy,
    tag: settings.tag ?? (policy.tag === "" ? defaultTag : policy.tag),
    ...(appIdPrefix === undefined ? {} : { appIdPrefix }),
    ...(titleBars === undefined ? {} : { titleBars }),
  };
}

async function fromFile(
  path: string,
  subject: PolicySubject,
  name: string | undefined,
  protocol: ProtocolRegistry,
): Promise<Policy> {
  let text: string;
  // Not before: the table of options is needed where the addon is missing, too.
  const { readOutside } = await import("../../native/outside.ts");
  try {
    text = readOutside(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`the policy ${printable(path)} cannot be read (${code}): is its path right?`);
  }
  // Only now: who has no file is not to wait for the reader.
  const { readPolicy } = await import("../../policy/policy-file.ts");
  return readPolicy(text, path, subject, name, [...protocol.names()]);
}

/** The policy of a running program, and where it comes from. */
export class PolicySource {
  readonly guard: PolicyGuard;
  /** Whether there is a file. */
  readonly hasFile: boolean;
  /** Called when the file was read again. */
  onReloaded: ((reloaded: Reloaded) => void) | null = null;
  readonly #settings: PolicyWish;
  readonly #subject: PolicySubject;
  readonly #protocol: ProtocolRegistry;
  readonly #log: Logger;

  private constructor(
    settings: PolicyWish,
    policy: Policy,
    subject: PolicySubject,
    protocol: ProtocolRegistry,
    log: Logger,
  ) {
    // By the time it is read again, the working directory may be another one.
    this.#settings = settings.policy === undefined ? settings : { ...settings, policy: resolve(settings.policy) };
    this.hasFile = settings.policy !== undefined;
    this.#subject = subject;
    this.#protocol = protocol;
    this.#log = log;
    this.guard = new PolicyGuard(policy, limitedLogger(log));
  }

  /** Throws a UserError for what is wrong with the file. */
  static async open(
    settings: PolicyWish,
    subject: PolicySubject,
    protocol: ProtocolRegistry,
    log: Logger,
  ): Promise<PolicySource> {
    const policy = await policyOf(settings, subject, protocol);
    if (settings.policy !== undefined) {
      const { foreseeReading } = await import("../../native/outside.ts");
      foreseeReading(resolve(settings.policy));
    }
    return new PolicySource(settings, policy, subject, protocol, log);
  }

  get policy(): Policy {
    return this.guard.policy;
  }

  /** Reads the file again, and says what became of it. @throws UserError for what is wrong with it: then nothing has changed */
  async reload(): Promise<Reloaded> {
    if (!this.hasFile) throw new UserError("there is no policy file to read again");
    const reloaded = reloadPolicy(this.guard, await policyOf(this.#settings, this.#subject, this.#protocol));
    const { changed, later } = reloaded;
    const parts = [
      changed.length === 0 ? "nothing has changed that counts now" : `changed: ${changed.join(", ")}`,
      ...(later.length === 0 ? [] : [`at the next start: ${later.join(", ")}`]),
    ];
    this.#log.info(`the policy was read again; ${parts.join("; ")}`);
    this.onReloaded?.(reloaded);
    return reloaded;
  }

  /** Reloads the policy, where no caller waits for an answer. */
  async reloadOnSignal(): Promise<void> {
    try {
      await this.reload();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#log.error(`the policy stays as it was: ${printable(error.fact)}`);
    }
  }
}

/** Explains the policy in sentences; nothing where there is no file. */
export async function checkPolicy(
  settings: PolicyWish,
  subject: PolicySubject,
  protocol: ProtocolRegistry | null,
): Promise<readonly Finding[]> {
  if (settings.policy === undefined || protocol === null) return [];
  return attempt("policy", async () =>
    explainPolicy(await policyOf(settings, subject, protocol)).map((sentence) => ok("policy", sentence)),
  );
}
