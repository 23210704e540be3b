// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "../../desktop/support/compositor.ts";
import { Program } from "../../desktop/support/program.ts";
import { eventually } from "../../support/eventually.ts";
import { scaled } from "../../support/patience.ts";
import type { AgentEvent, AgentRequest } from "./agent.ts";
import { GuestProgram } from "./guest-program.ts";
import { Qmp } from "./qmp.ts";

/** The kernels that scripts/setup-vm.sh fetches. */
export type Kernel = "6.1" | "6.12" | "newest";

/** What a machine is to be like. */
export interface MachineOptions {
  readonly kernel: Kernel;
  /** An empty folder of the host for the machine's sockets and logs. */
  readonly folder: string;
  /** The part of QEMU's command line that says which machine it is, with what memory and GPU. */
  readonly hardware: readonly string[];
}

/** How a program in the guest is started. */
export interface GuestLaunch {
  /** Default: the home directory. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Given to its standard input. */
  readonly input?: Uint8Array;
}

/** The repository, as host and guest see it. */
export const tree: string = fileURLToPath(new URL("../../../..", import.meta.url)).replace(/\/$/, "");

/** How long a machine may run for one test, in milliseconds: a guest that hangs would burn a processor for ever. */
const lifetime = 90_000;

/** How long a boot may take, in milliseconds; 5 s are usual. */
const bootPatience = 60_000;

// Mitigations and a random layout cost an emulated processor a second of each boot. On a busy machine, its timer may fail the
// check of a kernel that is as old as 6.1.
const kernelArguments = "console=ttyS0 panic=-1 quiet no_timer_check mitigations=off nokaslr";

const share = "/run/share";
/** The home directory of programs in the guest. */
export const home: string = "/tmp/home";
/** The runtime directory of programs in the guest. */
export const runtime: string = "/run/user";

function listen(path: string): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(path, () => resolve(server));
  });
}

/**
 * A virtual machine under an emulated processor, with the host's files read-only and an agent that starts programs. Its
 * /tmp and /run are its own; $HOME and $XDG_RUNTIME_DIR are in there.
 */
export class Machine {
  /** The release of the guest's kernel, as by `uname -r`. */
  release = "";
  readonly #options: MachineOptions;
  readonly #share: string;
  readonly #programs = new Map<number, GuestProgram>();
  readonly #servers: Server[] = [];
  #qemu!: Program;
  #qmp: Qmp | undefined;
  #agent: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #boots = 0;
  #rebooting = false;
  #failure: Error | undefined;
  #lastId = 0;

  private constructor(options: MachineOptions) {
    this.#options = options;
    this.#share = join(options.folder, "share");
  }

  /** Starts a machine; it is ready when its agent is. Throws, with the end of the serial log, when it does not get that far. */
  static async start(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options);
    try {
      await machine.#start();
    } catch (error) {
      await machine.close();
      throw error;
    }
    return machine;
  }

  get pid(): number {
    return this.#qemu.pid;
  }

  get running(): boolean {
    return this.#failure === undefined && this.#qemu.running;
  }

  /** The text that the kernel and the first process wrote to the serial line. */
  get serial(): string {
    return readFileSync(join(this.#options.folder, "serial.log"), "utf8");
  }

  /** Starts a program in the guest. */
  start(command: string, args: readonly string[] = [], launch: GuestLaunch = {}): GuestProgram {
    this.#lastId++;
    const id = this.#lastId;
    const name = `${String(id).padStart(3, "0")}-${command.slice(command.lastIndexOf("/") + 1)}`;
    const files = { output: `${name}.out`, errors: `${name}.log` };
    for (const file of Object.values(files)) writeFileSync(join(this.#share, file), "");
    if (launch.input) writeFileSync(join(this.#share, `${name}.in`), launch.input);
    const hostFiles = { output: join(this.#share, files.output), errors: join(this.#share, files.errors) };
    const program = new GuestProgram(command, hostFiles, (signal) => this.#ask({ kind: "signal", id, signal }));
    this.#programs.set(id, program);
    this.#ask({
      kind: "start",
      id,
      command,
      args,
      env: { ...cleanEnvironment(home, runtime), ...launch.env },
      cwd: launch.cwd ?? home,
      input: launch.input ? `${share}/${name}.in` : "/dev/null",
      output: `${share}/${files.output}`,
      errors: `${share}/${files.errors}`,
    });
    return program;
  }

  /** Runs a program in the guest to its end and returns its standard output; throws when it fails. */
  async run(command: string, args: readonly string[] = [], launch: GuestLaunch = {}): Promise<Buffer> {
    const program = this.start(command, args, launch);
    const { code, signal } = await program.end();
    if (code === 0) return program.captured;
    throw new Error(`${command} in the guest ended with ${code ?? signal ?? "the guest"}: ${program.errors}`);
  }

  /** Resets the machine as its reset button would, and waits until it has booted again. */
  async reset(): Promise<void> {
    await this.#reboot(() => this.#monitor.execute("system_reset"));
  }

  /** Lets the guest reboot itself, without ending its programs first, and waits until it has booted again. */
  async reboot(): Promise<void> {
    await this.#reboot(async () => void this.start("/bin/sh", ["-c", "echo b >/proc/sysrq-trigger"]));
  }

  /** Stops the machine's processor. */
  async pause(): Promise<void> {
    await this.#monitor.execute("stop");
  }

  /** Lets a paused machine go on. */
  async resume(): Promise<void> {
    await this.#monitor.execute("cont");
  }

  /** Lets the machine run for a whole lifetime from now on. */
  windUp(): void {
    clearTimeout(this.#timer);
    const limit = scaled(lifetime);
    this.#timer = setTimeout(() => this.#fail(`it ran longer than ${Math.round(limit / 1000)} s`), limit);
  }

  /** Ends QEMU. Logs stay in the folder. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#failure ??= new Error("the machine was closed");
    await this.#qemu?.stop();
    for (const server of this.#servers) server.close();
    this.#endPrograms();
  }

  get #monitor(): Qmp {
    if (this.#qmp === undefined) throw new Error("QEMU's monitor is not connected");
    return this.#qmp;
  }

  async #start(): Promise<void> {
    const { folder, kernel, hardware } = this.#options;
    mkdirSync(this.#share);
    const [agent, monitor] = [join(folder, "agent.sock"), join(folder, "qmp.sock")];
    (await this.#listen(agent)).on("connection", (socket) => this.#connectAgent(socket));
    (await this.#listen(monitor)).on("connection", (socket) => this.#connectMonitor(socket));
    const boot = join(tree, ".cache/vm", kernel);
    if (!existsSync(boot)) throw new Error(`${boot} is missing; run: sh scripts/setup-vm.sh`);
    this.#qemu = new Program({
      command: join(tree, ".cache/vm/qemu-system-x86_64"),
      args: [
        ...["-nic", "none", "-display", "none", "-nodefaults", "-no-user-config"],
        ...["-accel", "tcg", "-cpu", "max", "-smp", "1"],
        ...["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"],
        ...["-virtfs", `local,path=${this.#share},mount_tag=share,security_model=none`],
        ...["-chardev", `socket,id=agent,path=${agent}`, "-device", "virtio-serial-pci"],
        ...["-device", "virtserialport,chardev=agent,name=agent"],
        ...["-qmp", `unix:${monitor}`, "-serial", `file:${join(folder, "serial.log")}`],
        ...["-kernel", join(boot, "vmlinuz"), "-initrd", join(boot, "initramfs")],
        ...["-append", `${kernelArguments} tree="${tree}" node="${process.execPath}"`],
        ...hardware,
      ],
      env: cleanEnvironment(folder, folder),
      cwd: folder,
      log: join(folder, "qemu.log"),
    });
    this.windUp();
    void this.#qemu.ended.then(({ code, signal }) => this.#fail(`QEMU ended with ${code ?? signal}`));
    await this.#booted(1);
  }

  async #reboot(start: () => Promise<void>): Promise<void> {
    this.#rebooting = true;
    const boots = this.#boots;
    await start();
    await this.#booted(boots + 1);
    this.#rebooting = false;
  }

  async #booted(times: number): Promise<void> {
    await eventually(
      "the guest to boot",
      () => {
        if (this.#failure) throw this.#failure;
        return this.#boots >= times;
      },
      bootPatience,
    );
    await this.run("/bin/mkdir", ["-p", "-m", "700", home, runtime], { cwd: "/" });
  }

  async #listen(path: string): Promise<Server> {
    const server = await listen(path);
    this.#servers.push(server);
    return server;
  }

  #connectAgent(socket: Socket): void {
    this.#agent = socket;
    // The interface passes on errors of the socket: QEMU may be killed with something unread.
    createInterface({ input: socket })
      .on("line", (line) => this.#onAgent(JSON.parse(line) as AgentEvent))
      .on("error", () => {});
  }

  #connectMonitor(socket: Socket): void {
    const qmp = new Qmp(socket);
    this.#qmp = qmp;
    qmp.on("event", (name) => {
      if (name !== "RESET") return;
      this.#endPrograms();
      // The BIOS resets a machine once more when it sees that it has been running.
      if (!this.#rebooting) this.#fail("the guest reset itself");
    });
    qmp.execute("qmp_capabilities").catch((error: Error) => this.#fail(error.message));
  }

  #onAgent(event: AgentEvent): void {
    if (event.kind === "ready") {
      this.release = event.release;
      this.#boots++;
      return;
    }
    const program = this.#programs.get(event.id);
    if (event.kind === "started") {
      program?.markStarted(event.pid);
    } else {
      this.#programs.delete(event.id);
      program?.markEnded(event);
    }
  }

  #ask(request: AgentRequest): void {
    if (this.#failure) throw this.#failure;
    this.#agent?.write(`${JSON.stringify(request)}\n`);
  }

  #endPrograms(): void {
    for (const program of this.#programs.values()) program.markEnded({ code: null, signal: null });
    this.#programs.clear();
  }

  /** Ends the machine, and with it whatever waits for it. */
  #fail(reason: string): void {
    if (this.#failure) return;
    this.#failure = new Error(
      `the machine (kernel ${this.#options.kernel}) ended: ${reason}\n${this.serial.slice(-2000)}`,
    );
    this.#qemu.signal("SIGKILL");
    this.#endPrograms();
  }
}
