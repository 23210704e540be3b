// SPDX-License-Identifier: Apache-2.0
/** What manual pages tell besides the command line: where files lie, what signals do, which variables count. */
import { commandTable } from "../../src/control/protocol.ts";
import { messageClasses } from "../../src/trace/message-filter.ts";

/** A thing and what it means. */
export type Term = readonly [name: string, meaning: string];

/** A section of a manual page. */
export interface Section {
  readonly title: string;
  readonly text?: string;
  readonly terms: readonly Term[];
  /** The text that follows the terms. */
  readonly end?: string;
}

/** What is to be known of a program. */
export interface Topics {
  /** About the program alone. */
  readonly sections: readonly Section[];
  readonly signals: readonly Term[];
  readonly environment: readonly Term[];
  readonly files: readonly Term[];
}

const filters: Section = {
  title: "MESSAGE FILTERS",
  text:
    "The option --log-filter takes matchers with commas between them, a part of the language of wayland-debug. A message " +
    "is shown if one of them matches. What follows a ! is left out. A name may have * for any letters. A name that no " +
    "protocol has is an error.",
  terms: [
    ["wl_surface", "All messages of the interface."],
    ["wl_surface.commit, xdg_*", "These commits, and all messages of interfaces whose names begin so."],
    [".destroy", "The messages with this name, of any interface."],
    ["wl_surface@3, #3", "The messages of the object with this number."],
    ["! wl_pointer.motion, wl_callback", "All messages but these."],
    ["wl_* ! wl_buffer, .frame", "The messages of the first matcher without those of the others."],
  ],
};

const classes: Section = {
  title: "MESSAGE CLASSES",
  text: "The option --log-suppress leaves out messages that are frequent and say little, by the names of classes.",
  terms: Object.entries(messageClasses),
};

/** @param what which sockets there are, and how many */
function socketActivation(what: string, names: readonly Term[], option: string): Section {
  return {
    title: "SOCKET ACTIVATION",
    text:
      `A service manager can make ${what} before the program starts, as systemd.socket(5) describes. The program knows ` +
      "a socket by its name, FileDescriptorName= in the socket unit, and takes each name once. It refuses any other.",
    terms: names,
    end:
      `The option ${option} is refused then, since the unit says where the socket is. So is --socket-group: set ` +
      "SocketGroup= in the unit. The program reports that it is ready, how many clients it has, that it is well, and " +
      "that it stops: use Type=notify, and WatchdogSec= if you like.",
  };
}

const dumpSignal: Term = [
  "SIGUSR1",
  "Writes the latest messages to the file of --log-ring-path, else to standard error. With --stats, it also writes what " +
    "each client has done.",
];

const servingEnvironment: readonly Term[] = [
  ["DBUS_SESSION_BUS_ADDRESS", "Where the desktop's notifications are, by which a policy has the user asked."],
  ["NO_COLOR", "If it is set and not empty, lines on a terminal have no colors."],
  ["JOURNAL_STREAM", "Tells whether standard error leads to the journal. Then each line begins with its priority."],
  [
    "NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID",
    "Where the service manager listens for how we are, and how often; see sd_notify(3). Programs that we start do not get " +
      "them.",
  ],
];

const debugEnvironment = (sources: string): Term[] => [
  ["WAYLAND_DEBUG_PROXY", `What to log: a list of ${sources}.`],
  ["WAYLAND_DEBUG", "The same, unless WAYLAND_DEBUG_PROXY is set; 1 means client,server."],
];

const logFiles: readonly Term[] = [
  [
    "SOCKET-ctl",
    "Beside the socket: a pipe that takes commands, one a line. The command dump-log does what SIGUSR1 does, and stats " +
      "writes what each client has done.",
  ],
  [
    "$XDG_RUNTIME_DIR/wayland-proxy-NAME.control",
    "The socket for wayland-proxy-ctl(1); its name is that of --name, else that of our socket.",
  ],
  ["FILE.1", "Beside the file of --log-ring-path: its older half, when it had 16 MiB."],
];

const reloadSignal: Term = [
  "SIGHUP with --policy",
  "Reads the policy again. A file with a mistake changes nothing. Some keys count only after the next start, which the log says.",
];

/** The topics of each program, by its name. */
export const topics: Readonly<Record<string, Topics>> = {
  "wayland-proxy": {
    sections: [
      filters,
      classes,
      socketActivation(
        "the sockets",
        [
          ["wayland", "Where Wayland programs connect."],
          [
            "x11",
            "Where X11 programs connect. The option --x-display says which display that is. The unit needs " +
              "SocketMode=0600.",
          ],
        ],
        "--wayland-display",
      ),
    ],
    signals: [
      [
        "SIGTERM, SIGINT, SIGHUP",
        "A command that runs gets the signal. Without one, the proxy ends all sessions, removes its files, and exits. A " +
          "second signal does not wait for the sessions. Of Ctrl-C on a terminal the command gets one signal, the " +
          "terminal's.",
      ],
      reloadSignal,
      dumpSignal,
    ],
    environment: [
      ["WAYLAND_DISPLAY", "The name, in $XDG_RUNTIME_DIR, or the path of the host compositor's socket."],
      ["WAYLAND_SOCKET", "Is ignored, with a warning: it is a single connection."],
      ["XDG_RUNTIME_DIR", "Where sockets are, the host's and ours."],
      ["PATH", "Where the command and Xwayland are searched."],
      ...debugEnvironment("client, server and xwayland"),
      [
        "LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES",
        "Sockets that the service manager has made; see SOCKET ACTIVATION and sd_listen_fds(3).",
      ],
      ...servingEnvironment,
      ["XCURSOR_THEME, XCURSOR_SIZE, XCURSOR_PATH", "Which cursors X11 programs are to use; see Xcursor(3)."],
      [
        "HOME, XDG_DATA_HOME, XDG_DATA_DIRS",
        "Where cursors are, and the .desktop files that name the icons of X11 programs.",
      ],
      [
        "SYSTEMD_EXEC_PID",
        "Tells that systemd has started us. A command then gets its usual limit of open files, 1024.",
      ],
    ],
    files: [
      ["$XDG_RUNTIME_DIR/wayland-1", "The socket that programs connect to, by default."],
      ["$XDG_RUNTIME_DIR/wayland-1.lock", "Locked for as long as that socket is ours."],
      ...logFiles,
      ["/tmp/.X11-unix/XN, /tmp/.XN-lock", "The socket that X11 programs connect to with --x-display N, and its lock."],
      ["/dev/dri/renderD*", "The devices among which --virtio-gpu chooses."],
    ],
  },
  "wayland-proxy-host": {
    sections: [filters, classes, socketActivation("the socket", [["qemu", "Where QEMU connects."]], "--socket")],
    signals: [
      [
        "SIGTERM, SIGINT, SIGHUP",
        "The program takes the device from the VM, removes its files, and exits. A second signal does not wait for the " +
          "sessions.",
      ],
      reloadSignal,
      dumpSignal,
    ],
    environment: [
      ["WAYLAND_DISPLAY", "The name, in $XDG_RUNTIME_DIR, or the path of the compositor's socket."],
      ["XDG_RUNTIME_DIR", "Where that socket is."],
      ...debugEnvironment("client and server"),
      [
        "LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES",
        "The socket that the service manager has made; see SOCKET ACTIVATION and sd_listen_fds(3).",
      ],
      ...servingEnvironment,
    ],
    files: [["PATH.lock", "Beside the socket of --socket: locked for as long as that socket is ours."], ...logFiles],
  },
  "wayland-proxy-vm": {
    sections: [filters, classes],
    signals: [
      [
        "SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR2",
        "The program in the VM gets the signal. When it has ended, and others run in the same VM, they end with the VM.",
      ],
      dumpSignal,
    ],
    environment: [
      ["WAYLAND_DISPLAY", "The name, in $XDG_RUNTIME_DIR, or the path of the compositor's socket."],
      ["XDG_RUNTIME_DIR", "Where that socket is, and the sockets of VMs."],
      ["XDG_CACHE_HOME", "Where initial file systems for VMs are kept; by default ~/.cache."],
      ["PATH", "Where QEMU is searched; the program in the VM gets it, too."],
      [
        "LANG, LANGUAGE, LC_*, TZ, SHELL, XDG_DATA_DIRS, XCURSOR_THEME, XCURSOR_SIZE",
        "Are passed on to the program, as are TERM and COLORTERM with -t. Other variables are not; see --env.",
      ],
      ...debugEnvironment("client and server"),
      ...servingEnvironment,
    ],
    files: [
      ["/boot/vmlinuz-*, /lib/modules/*", "The kernels among which is chosen, and their modules."],
      ["$XDG_RUNTIME_DIR/wayland-proxy-vm/NAME/control", "The socket by which others reach a VM that runs."],
      ["$XDG_CACHE_HOME/wayland-proxy-vm/*.cpio", "Initial file systems, one for each kernel. They may be removed."],
    ],
  },
  "wayland-proxy-ctl": {
    sections: [
      { title: "COMMANDS", terms: Object.entries(commandTable).map(([name, { help }]) => [name, help] as const) },
    ],
    signals: [],
    environment: [["XDG_RUNTIME_DIR", "Where control sockets are."]],
    files: [
      [
        "$XDG_RUNTIME_DIR/wayland-proxy-NAME.control",
        "The control socket of the program with that name, for our user alone.",
      ],
    ],
  },
  "wayland-proxy-replay": {
    sections: [filters, classes],
    signals: [],
    environment: [
      ["WAYLAND_DISPLAY", "With --play, the name, in $XDG_RUNTIME_DIR, or the path of the compositor's socket."],
      ["XDG_RUNTIME_DIR", "Where that socket is."],
      ["NO_COLOR", "If it is set and not empty, lines on a terminal have no colors."],
    ],
    files: [],
  },
};
