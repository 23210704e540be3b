// SPDX-License-Identifier: Apache-2.0
/**
 * Run as a process by event-loop.test.ts: plays the scene of that name, and prints what happened. The process is to end by
 * itself.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, stat, watch as watchFiles } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { receive, send, socketPair } from "../../../src/native/socket.ts";
import { READABLE, Watch, WRITABLE } from "../../../src/native/watch.ts";

const [, , scene = "", argument = ""] = process.argv;
const NO_FDS = new Int32Array(0);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function write(raw: number): void {
  send(raw, new Uint8Array(1), 0, 1, NO_FDS, 0);
}

function read(raw: number): void {
  receive(raw, new Uint8Array(16), 0, 16, new Int32Array(29));
}

/** A socket that can always be written to, whose watch says each time that it has only forwarded. */
function neverIdle(): Watch {
  const [a] = socketPair();
  const watch = new Watch(a.raw, () => true);
  watch.set(WRITABLE | READABLE);
  return watch;
}

/** One end of a pair, watched, and the other end. */
function watched(onReadable: () => unknown): { watch: Watch; raw: number; other: number } {
  const [a, b] = socketPair();
  const watch = new Watch(b.raw, onReadable);
  watch.set(READABLE);
  return { watch, raw: b.raw, other: a.raw };
}

/** Connects to an abstract Unix socket of this process, whose server sends back what it gets; @returns what ends both. */
async function echoing(done: (socket: Socket, end: () => void) => void): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(`\0wayland-proxy-test-${process.pid}-${scene}`);
  await once(server, "listening");
  const socket = connect({ path: server.address() as string });
  done(socket, () => {
    socket.destroy();
    server.close();
  });
}

/**
 * Starts a program that makes a file after a while, and then goes on: that it ends is no reason for us to wake up.
 *
 * @returns what has Node wait for the file, which then closes the watch
 */
function slowProgram(watch: Watch): () => void {
  const directory = mkdtempSync(join(tmpdir(), "wayland-proxy-test-"));
  const child = spawn("sh", ["-c", 'sleep 0.5; : >"$0/file"; exec sleep 60', directory], { stdio: "ignore" });
  return () => {
    const watcher = watchFiles(directory, () => {
      say("file");
      watcher.close();
      child.kill();
      watch.close();
      rmSync(directory, { recursive: true });
    });
  };
}

const scenes: Record<string, () => void | Promise<void>> = {
  /** Everything that Node does goes on beside a socket that is always ready. */
  async busy() {
    const watch = neverIdle();
    const other = watched(() => {
      read(other.raw);
      say("other socket");
      other.watch.close();
      return true;
    });
    write(other.other);
    await sleep(5);
    say("timer");
    await immediate();
    say("immediate");
    await readFile("/proc/self/stat");
    say("file");
    const signal = once(process, "SIGUSR2");
    process.kill(process.pid, "SIGUSR2");
    await signal;
    say("signal");
    await once(spawn("true"), "exit");
    say("child");
    const worker = new Worker("require('node:worker_threads').parentPort.postMessage(0)", { eval: true });
    await once(worker, "message");
    say("worker");
    await echoing((socket, end) => {
      socket.write("x");
      socket.once("data", () => {
        say("connection");
        end();
        watch.close();
      });
    });
  },

  /** The same while nothing of ours is ready, so that we wait. */
  async waiting() {
    const { watch } = watched(() => say("not to be called"));
    await sleep(5);
    say("timer");
    await immediate();
    say("immediate");
    await readFile("/proc/self/stat");
    say("file");
    setTimeout(() => process.kill(process.pid, "SIGUSR2"), 1);
    await once(process, "SIGUSR2");
    say("signal");
    await once(spawn("sleep", ["0.05"]), "exit");
    say("child");
    const worker = new Worker("require('node:worker_threads').parentPort.postMessage(0)", { eval: true });
    await once(worker, "message");
    say("worker");
    let trips = 0;
    await echoing((socket, end) => {
      socket.write("x");
      socket.on("data", () => {
        if (++trips < 100) return void socket.write("x");
        say("connection");
        end();
        watch.close();
      });
    });
  },

  /** A callback begins something with Node, and then nothing else happens in this process. */
  callback() {
    const { watch, raw, other } = watched(() => {
      read(raw);
      void echoing((socket, end) => {
        socket.write("x");
        socket.once("data", () => {
          say("connection");
          end();
          watch.close();
        });
      });
    });
    setTimeout(() => write(other), 100);
  },

  /** A callback of libuv's begins something. */
  foreign() {
    const { watch } = watched(() => say("not to be called"));
    const begin = slowProgram(watch);
    setTimeout(() => stat("/", begin), 100);
  },

  /** An immediate without a reference, which Node runs unseen, begins something. */
  immediate() {
    const { watch, raw, other } = watched(() => {
      read(raw);
      setImmediate(begin).unref();
    });
    const begin = slowProgram(watch);
    setTimeout(() => write(other), 100);
  },

  /** Two are ready at once. */
  order() {
    const first = watched(() => {
      read(first.raw);
      first.watch.close();
      process.nextTick(() => say("tick"));
      void Promise.resolve().then(() => say("promise"));
      say("first");
      if (argument === "throwing") throw new Error("thrown");
    });
    const second = watched(() => {
      read(second.raw);
      second.watch.close();
      say("second");
    });
    process.once("uncaughtException", (error) => say(error.message));
    write(first.other);
    write(second.other);
  },

  /** Two are ready at once, and the first closes the other, whose number is then another file's. */
  closing() {
    const ends = [socketPair(), socketPair()];
    const watches = ends.map(([, b], i) => {
      const watch = new Watch(b.raw, () => {
        const rest = 1 - i;
        const [, old] = ends[rest] as (typeof ends)[0];
        const number = old.raw;
        for (const one of watches) one.close();
        old.close();
        const [fresh] = socketPair();
        say(`number ${fresh.raw === number || "is not reused"}`);
        new Watch(number, () => say("an event of the closed watch")).set(READABLE);
        setTimeout(() => process.exit(), 20);
      });
      watch.set(READABLE);
      return watch;
    });
    for (const [a] of ends) write(a.raw);
  },

  /** Nothing waits any more: the process ends. */
  end() {
    const { watch, raw, other } = watched(() => {
      read(raw);
      say("event");
      if (argument === "close") watch.close();
      else watch.set(0);
    });
    write(other);
  },

  /** A callback ends the process. */
  exit() {
    const { other } = watched(() => process.exit(3));
    write(other);
  },

  /** A signal with a handler of ours, and one without. */
  signal() {
    watched(() => say("not to be called"));
    if (argument === "handled") {
      process.on("SIGTERM", () => {
        say("SIGTERM");
        process.exit();
      });
    }
    setTimeout(() => say("waiting"), 60);
  },

  /** Timers of many lengths, while a socket is busy without end. */
  async timers() {
    const watch = neverIdle();
    for (let i = 0; i < 40; i++) await sleep(i % 7);
    say("timers");
    watch.close();
  },

  /** A worker thread has a set of its own, and can be ended while it waits there. */
  async worker() {
    const { watch } = watched(() => say("not to be called"));
    const worker = new Worker(new URL("./watching-worker.js", import.meta.url), { argv: ["idle"] });
    await once(worker, "message");
    await sleep(100);
    say(`ended ${await worker.terminate()}`);
    watch.close();
  },
};

await scenes[scene]?.();
