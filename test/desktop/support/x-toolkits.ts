// SPDX-License-Identifier: Apache-2.0
/** The same X11 program in three toolkits: a text, a choice, a label with a tooltip, and a context menu of the window. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Desktop, Display } from "./desktop.ts";
import type { Program } from "./program.ts";

/** How to start one of these programs in a folder, which holds its source and gets the file `typed`. */
export interface Toolkit {
  /** Its source and what that is called. */
  readonly file: string;
  readonly source: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Where things are in these windows. */
export const places = {
  text: { x: 200, y: 200 },
  choice: { x: 100, y: 20 },
  label: { x: 300, y: 20 },
};

const gtk = `import gi
gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk

# Shadows, round corners and see-through tooltips depend on a compositing manager.
style = Gtk.CssProvider()
style.load_from_data(b"""
decoration { box-shadow: none; border-radius: 0; margin: 0; background: none; }
menu { margin: 0; padding: 2px; border: 1px solid gray; border-radius: 0; }
tooltip, tooltip.background { background: black; border: none; border-radius: 0; box-shadow: none; }
""")
Gtk.StyleContext.add_provider_for_screen(Gdk.Screen.get_default(), style, Gtk.STYLE_PROVIDER_PRIORITY_USER)

window = Gtk.Window(title="toolkit", decorated=False)
window.set_default_size(400, 300)
window.connect("destroy", Gtk.main_quit)
place = Gtk.Fixed()
window.add(place)

choice = Gtk.ComboBoxText()
for item in ("one", "two", "three"):
    choice.append_text(item)
choice.set_active(0)
choice.connect("changed", lambda it: print("chosen", it.get_active_text(), flush=True))
choice.set_size_request(200, 40)
place.put(choice, 0, 0)
label = Gtk.Label(label="label", tooltip_text="a tooltip")
label.set_size_request(200, 40)
place.put(label, 200, 0)

text = Gtk.TextView()
text.set_size_request(400, 260)
place.put(text, 0, 40)

def typed(buffer):
    with open("typed", "w") as file:
        file.write(buffer.get_property("text"))

text.get_buffer().connect("changed", typed)

def menu(*items):
    result = Gtk.Menu()
    for name, below in items:
        item = Gtk.MenuItem(label=name)
        if below:
            item.set_submenu(below)
        else:
            item.connect("activate", lambda it: print("chosen", it.get_label(), flush=True))
        result.append(item)
    result.show_all()
    return result

deeper = menu(("deeper", menu(("deepest", None), ("last", None))), ("other", None))
context = menu(("first", None), ("more", deeper), ("third", None))

def pressed(widget, event):
    if event.button != 3:
        return False
    context.popup(None, None, None, None, event.button, event.time)
    return True

text.connect("button-press-event", pressed)
window.show_all()
text.grab_focus()
Gtk.main()
`;

const qt = `import sys
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QPlainTextEdit, QWidget

application = QApplication(sys.argv)
application.setCursorFlashTime(0)
window = QWidget()
window.setWindowTitle("toolkit")
window.resize(400, 300)

choice = QComboBox(window)
choice.addItems(["one", "two", "three"])
choice.currentTextChanged.connect(lambda text: print("chosen", text, flush=True))
choice.setGeometry(0, 0, 200, 40)
label = QLabel("label", window)
label.setToolTip("a tooltip")
label.setGeometry(200, 0, 200, 40)

context = QMenu()
context.addAction("first")
more = context.addMenu("more")
context.addAction("third")
deeper = more.addMenu("deeper")
more.addAction("other")
deeper.addAction("deepest")
deeper.addAction("last")
context.triggered.connect(lambda action: print("chosen", action.text(), flush=True))

class Text(QPlainTextEdit):
    def contextMenuEvent(self, event):
        context.popup(event.globalPos())

text = Text(window)
text.setGeometry(0, 40, 400, 260)

def typed():
    with open("typed", "w") as file:
        file.write(text.toPlainText())

text.textChanged.connect(typed)
window.show()
text.setFocus()
application.exec()
`;

const swing = `import java.awt.event.*;
import java.nio.file.*;
import javax.swing.*;
import javax.swing.event.*;

public class Toolkit {
    static JMenuItem item(String name) {
        JMenuItem item = new JMenuItem(name);
        item.addActionListener(event -> System.out.println("chosen " + name));
        return item;
    }

    static void show() {
        JComboBox<String> choice = new JComboBox<>(new String[] {"one", "two", "three"});
        choice.addActionListener(event -> System.out.println("chosen " + choice.getSelectedItem()));
        choice.setBounds(0, 0, 200, 40);
        JLabel label = new JLabel("label");
        label.setToolTipText("a tooltip");
        label.setBounds(200, 0, 200, 40);

        JMenu deeper = new JMenu("deeper");
        deeper.add(item("deepest"));
        deeper.add(item("last"));
        JMenu more = new JMenu("more");
        more.add(deeper);
        more.add(item("other"));
        JPopupMenu context = new JPopupMenu();
        context.add(item("first"));
        context.add(more);
        context.add(item("third"));

        JTextArea text = new JTextArea();
        text.getCaret().setBlinkRate(0);
        text.setBounds(0, 40, 400, 260);
        text.setComponentPopupMenu(context);
        text.getDocument().addDocumentListener(new DocumentListener() {
            public void insertUpdate(DocumentEvent event) {
                try {
                    Files.writeString(Path.of("typed"), text.getText());
                } catch (java.io.IOException error) {
                    throw new java.io.UncheckedIOException(error);
                }
            }
            public void removeUpdate(DocumentEvent event) {}
            public void changedUpdate(DocumentEvent event) {}
        });

        JFrame frame = new JFrame("toolkit");
        frame.setLayout(null);
        frame.add(choice);
        frame.add(label);
        frame.add(text);
        frame.setSize(400, 300);
        frame.setVisible(true);
        text.requestFocusInWindow();
    }

    public static void main(String[] arguments) {
        // Menus that fit into the window would otherwise be no windows of their own.
        JPopupMenu.setDefaultLightWeightPopupEnabled(false);
        SwingUtilities.invokeLater(Toolkit::show);
    }
}
`;

/** Debian's own interpreter, which has Debian's modules; another one may come first in PATH. */
const python = "/usr/bin/python3";

/** The programs, by what they are made with. */
export const toolkits: Readonly<Record<string, Toolkit>> = {
  "GTK 3": { file: "gtk.py", source: gtk, command: python, args: ["gtk.py"] },
  Qt: { file: "qt.py", source: qt, command: python, args: ["qt.py"] },
  Swing: { file: "Toolkit.java", source: swing, command: "java", args: ["Toolkit.java"] },
};

/** Starts such a program in its home, on an X display. */
export function startToolkit(desktop: Desktop, on: Display, toolkit: Toolkit, display: string): Program {
  writeFileSync(join(desktop.home, toolkit.file), toolkit.source);
  const env = { DISPLAY: display, GDK_BACKEND: "x11", QT_QPA_PLATFORM: "xcb" };
  return desktop.start(on, toolkit.command, toolkit.args, { env });
}
