"""Prints what LibreOffice holds of documents as their text, from its own model of them.

Its plain-text filter glues a note's mark to the word before, drops the notes and boxes, prints the numbers of
lists and the tracked deletions. Here: changes accepted, then paragraphs, cells, frames, shapes, footnotes,
endnotes; no heads, feet, comments, list labels or hidden text.

    python3 agreement-reference.py PROFILE OUT FILE...   (a Python that knows `uno`: Debian's python3-uno)

Writes OUT/<name of the file>.txt for each file that LibreOffice opens; says which did not open.
"""
import os
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue


def value(name, what):
    one = PropertyValue()
    one.Name, one.Value = name, what
    return one


def each(container):
    enumeration = container.createEnumeration()
    while enumeration.hasMoreElements():
        yield enumeration.nextElement()


def has(thing, name):
    return thing.getPropertySetInfo().hasPropertyByName(name)


def portions(paragraph):
    text = ""
    for portion in each(paragraph):
        kind = portion.TextPortionType
        if kind in ("ContentControl", "InContentMetadata"):
            text += portions(getattr(portion, kind))
        elif kind in ("Text", "TextField") and not portion.CharHidden:
            text += portion.String
    return text


def walk(text, out):
    for part in each(text):
        if part.supportsService("com.sun.star.text.TextTable"):
            for name in part.getCellNames():
                walk(part.getCellByName(name), out)
        elif part.supportsService("com.sun.star.text.Paragraph"):
            out.append(portions(part))


def in_body(frame):
    """A frame or shape in a head or foot belongs to these."""
    anchor = frame.getAnchor() if hasattr(frame, "getAnchor") else None
    around = anchor and anchor.getText()
    return not around or "HeadFoot" not in around.getImplementationName()


def shapes(group, out):
    for i in range(group.getCount()):
        shape = group.getByIndex(i)
        if shape.supportsService("com.sun.star.drawing.GroupShape"):
            shapes(shape, out)
        elif not shape.supportsService("com.sun.star.text.TextFrame"):
            framed = has(shape, "TextBox") and shape.TextBox
            if not framed and hasattr(shape, "String") and in_body(shape):
                out.append(shape.String)


def read(document):
    out = []
    walk(document.Text, out)
    for i in range(document.TextFrames.getCount()):
        frame = document.TextFrames.getByIndex(i)
        if in_body(frame):
            walk(frame, out)
    shapes(document.DrawPage, out)
    for notes in (document.Footnotes, document.Endnotes):
        for i in range(notes.getCount()):
            walk(notes.getByIndex(i), out)
    return "\n".join(out)


class Office:
    def __init__(self, profile):
        self.profile = profile
        self.start()

    def start(self):
        pipe = f"agreement{os.getpid()}"
        self.process = subprocess.Popen(
            ["soffice", f"-env:UserInstallation=file://{self.profile}", "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        for _ in range(300):
            try:
                self.context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.2)
        create = self.context.ServiceManager.createInstanceWithContext
        self.desktop = create("com.sun.star.frame.Desktop", self.context)
        self.dispatcher = create("com.sun.star.frame.DispatchHelper", self.context)

    def text(self, path):
        hidden = (value("Hidden", True), value("AsTemplate", False))
        document = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, hidden)
        try:
            frame = document.getCurrentController().getFrame()
            self.dispatcher.executeDispatch(frame, ".uno:AcceptAllTrackedChanges", "", 0, ())
            return read(document)
        finally:
            document.close(True)

    def stop(self):
        try:
            self.desktop.terminate()
            self.process.wait(20)
        except Exception:
            self.process.kill()
            self.process.wait()


def main(profile, out, files):
    office = Office(profile)
    for path in files:
        try:
            text = office.text(os.path.abspath(path))
        except Exception as error:
            print(f"{os.path.basename(path)}: {error}"[:200])
            if office.process.poll() is not None or "disposed" in str(error).lower():
                office.stop()
                office.start()
            continue
        with open(os.path.join(out, os.path.basename(path) + ".txt"), "w", encoding="utf8") as file:
            file.write(text)
    office.stop()


main(sys.argv[1], sys.argv[2], sys.argv[3:])
