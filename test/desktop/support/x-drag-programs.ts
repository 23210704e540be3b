// SPDX-License-Identifier: Apache-2.0
/**
 * The same program in several toolkits: of its window the left half can be dragged, as a text, and the right half takes what
 * is dropped there. It prints `dropped TEXT`, and all but the browser's `ended copy` or `ended nothing`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Desktop, Display } from "./desktop.ts";
import type { Program } from "./program.ts";
import { DISPLAY } from "./x-programs.ts";

const gtk = `import sys
import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk

name = sys.argv[1]
window = Gtk.Window(title=name, decorated=False)
window.set_default_size(300, 200)
window.connect("destroy", Gtk.main_quit)
row = Gtk.Box(homogeneous=True)
window.add(row)
text = [Gtk.TargetEntry.new("text/plain;charset=utf-8", 0, 0), Gtk.TargetEntry.new("UTF8_STRING", 0, 0)]

source = Gtk.EventBox()
source.add(Gtk.Label(label="source"))
source.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, text, Gdk.DragAction.COPY)
source.connect("drag-data-get", lambda widget, context, data, info, time: data.set_text("from " + name, -1))
ends = []

def failed(widget, context, result):
    ends.append("nothing")
    return True

def ended(widget, context):
    print("ended", ends.pop() if ends else context.get_selected_action().first_value_nick, flush=True)

source.connect("drag-failed", failed)
source.connect("drag-end", ended)
row.add(source)

target = Gtk.EventBox()
target.add(Gtk.Label(label="target"))
target.drag_dest_set(Gtk.DestDefaults.ALL, text, Gdk.DragAction.COPY)
target.connect("drag-data-received", lambda widget, context, x, y, data, info, time: print("dropped", data.get_text(), flush=True))
row.add(target)
window.show_all()
Gtk.main()
`;

const qt = `import sys
from PyQt5.QtCore import QMimeData, Qt
from PyQt5.QtGui import QDrag
from PyQt5.QtWidgets import QApplication, QLabel, QWidget

name = sys.argv[1]
application = QApplication(sys.argv)

class Source(QLabel):
    def mousePressEvent(self, event):
        pass

    def mouseMoveEvent(self, event):
        data = QMimeData()
        data.setText("from " + name)
        drag = QDrag(self)
        drag.setMimeData(data)
        print("ended", "copy" if drag.exec_(Qt.CopyAction) == Qt.CopyAction else "nothing", flush=True)

class Target(QLabel):
    def dragEnterEvent(self, event):
        event.acceptProposedAction()

    def dropEvent(self, event):
        print("dropped", event.mimeData().text(), flush=True)
        event.acceptProposedAction()

window = QWidget()
window.setWindowTitle(name)
window.resize(300, 200)
source = Source("source", window)
source.setGeometry(0, 0, 150, 200)
target = Target("target", window)
target.setAcceptDrops(True)
target.setGeometry(150, 0, 150, 200)
window.show()
application.exec()
`;

const swing = `import java.awt.*;
import java.awt.datatransfer.*;
import java.awt.event.*;
import javax.swing.*;

public class Drags {
    public static void main(String[] arguments) {
        String name = arguments[0];
        SwingUtilities.invokeLater(() -> {
            JLabel source = new JLabel("source");
            source.setTransferHandler(new TransferHandler() {
                public int getSourceActions(JComponent from) { return COPY; }
                protected Transferable createTransferable(JComponent from) {
                    return new StringSelection("from " + name);
                }
                protected void exportDone(JComponent from, Transferable data, int action) {
                    System.out.println("ended " + (action == COPY ? "copy" : "nothing"));
                }
            });
            source.addMouseMotionListener(new MouseMotionAdapter() {
                public void mouseDragged(MouseEvent event) {
                    source.getTransferHandler().exportAsDrag(source, event, TransferHandler.COPY);
                }
            });
            JLabel target = new JLabel("target");
            target.setTransferHandler(new TransferHandler() {
                public boolean canImport(TransferSupport support) {
                    return support.isDataFlavorSupported(DataFlavor.stringFlavor);
                }
                public boolean importData(TransferSupport support) {
                    try {
                        System.out.println("dropped " + support.getTransferable().getTransferData(DataFlavor.stringFlavor));
                        return true;
                    } catch (Exception error) {
                        error.printStackTrace();
                        return false;
                    }
                }
            });
            JFrame frame = new JFrame(name);
            frame.setLayout(new GridLayout(1, 2));
            frame.add(source);
            frame.add(target);
            frame.setSize(300, 200);
            frame.setVisible(true);
        });
    }
}
`;

const page = `<!doctype html><title>chromium</title>
<style>div { position: fixed; left: 0; top: 0; width: 50vw; height: 100vh } #target { left: 50vw }</style>
<div id="source" draggable="true">source</div><div id="target">target</div>
<script>
source.ondragstart = ({ dataTransfer: data }) => data.setData("text/plain", "from chromium");
target.ondragover = (event) => event.preventDefault();
target.ondrop = (event) => {
  event.preventDefault();
  console.log("dropped " + event.dataTransfer.getData("text/plain"));
};
</script>
`;

/** Its source's file, the source, and what starts it in the folder of that, with a title for its window. */
interface DragProgram {
  readonly file: string;
  readonly source: string;
  readonly command: (folder: string, title: string) => readonly string[];
  /** Whether it says rightly that nobody has taken what it dragged. Chromium says "copy" on any X server. */
  readonly tellsEnd: boolean;
}

const browser = [
  "chromium",
  ...["--ozone-platform=x11", "--no-first-run", "--disable-gpu", "--password-store=basic", "--enable-logging=stderr"],
  // Its sandbox refuses root; as a test it does not complain of that in a bar of its own.
  ...["--no-sandbox", "--test-type", "--window-size=500,300"],
];

/** The programs, by what they are made with. */
export const dragPrograms: Readonly<Record<string, DragProgram>> = {
  "GTK 3": {
    file: "gtk-drag.py",
    source: gtk,
    command: (_folder, title) => ["/usr/bin/python3", "gtk-drag.py", title],
    tellsEnd: true,
  },
  Qt: {
    file: "qt-drag.py",
    source: qt,
    command: (_folder, title) => ["/usr/bin/python3", "qt-drag.py", title],
    tellsEnd: true,
  },
  Swing: {
    file: "Drags.java",
    source: swing,
    command: (_folder, title) => ["java", "Drags.java", title],
    tellsEnd: true,
  },
  chromium: {
    file: "drag.html",
    source: page,
    command: (folder) => [
      ...browser,
      `--user-data-dir=${join(folder, "profile")}`,
      `--app=${pathToFileURL(join(folder, "drag.html"))}`,
    ],
    tellsEnd: false,
  },
};

/** Starts such a program on a display, by X11 if that is proxied. */
export function startDragProgram(desktop: Desktop, on: Display, kind: string, title: string): Program {
  const { file, source, command } = dragPrograms[kind] as DragProgram;
  writeFileSync(join(desktop.home, file), source);
  const [program = "", ...args] = command(desktop.home, title);
  const env = on.route === "direct" ? {} : { DISPLAY, GDK_BACKEND: "x11", QT_QPA_PLATFORM: "xcb" };
  return desktop.start(on, program, args, { env });
}
