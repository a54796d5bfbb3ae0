"""Files that people and attackers send, made on the spot: `make(folder)` one by one, by name.

Every function writes one file into a folder and gives its path. Nothing here is a real document.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

GPS = {1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0)}
ORIENTATION, MAKE, GPS_TAG = 0x0112, 0x010F, 0x8825
MARK = "Made-up diploma"


def drawing(width: int = 1200, height: int = 900, colour: str = "white") -> Image.Image:
    """A page-like picture: red in the top left corner, so that turning it shows."""
    image = Image.new("RGB", (width, height), colour)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 4, height // 4), fill="red")
    pen.text((width // 2, height // 2), MARK, fill="black", font_size=max(12, width // 20))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: its make, where it was, how it was held."""
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    tags[MAKE] = "Spyphone"
    tags.get_ifd(GPS_TAG).update(GPS)
    return tags


def jpeg(folder: Path, name: str = "photo.jpg", **options: Any) -> Path:
    """A photo of a document."""
    drawing(**options).save(folder / name, "JPEG", quality=90)
    return folder / name


def turned_jpeg(folder: Path, orientation: int = 6) -> Path:
    """A photo held sideways (lies on its side, says so in Exif), with a place in it."""
    path = folder / f"turned-{orientation}.jpg"
    drawing().save(path, "JPEG", exif=exif(orientation))
    return path


def cmyk_jpeg(folder: Path) -> Path:
    """A JPEG from a print shop."""
    drawing().convert("CMYK").save(folder / "print.jpg", "JPEG")
    return folder / "print.jpg"


def png(folder: Path, mode: str = "RGB") -> Path:
    """A screenshot, in any of PNG's modes."""
    path = folder / f"{mode.replace(';', '')}.png"
    if mode == "I;16":
        Image.new("I;16", (800, 600), 40_000).save(path)
    else:
        drawing(800, 600).convert(mode).save(path)
    return path


def webp(folder: Path) -> Path:
    """A picture that went through a browser."""
    drawing().save(folder / "picture.webp", "WEBP")
    return folder / "picture.webp"


def heic(folder: Path, width: int = 1200, height: int = 900, orientation: int = 6) -> Path:
    """A photo of an iPhone held sideways, with a place in it."""
    made = pillow_heif.from_pillow(drawing(width, height))
    made.info["exif"] = exif(orientation).tobytes()
    made.save(folder / "iphone.heic", quality=60)
    return folder / "iphone.heic"


def pdf(folder: Path, pages: int = 1, name: str = "diploma.pdf", size: Any = A4) -> Path:
    """A typed document."""
    sheet = canvas.Canvas(str(folder / name), pagesize=size)
    for number in range(1, pages + 1):
        sheet.setFont("Helvetica", 30)
        sheet.drawString(72, 72, f"{MARK}, page {number}")
        sheet.setFillColorRGB(1, 0, 0)
        sheet.rect(0, size[1] * 0.75, size[0] * 0.25, size[1] * 0.25, fill=1)
        sheet.showPage()
    sheet.save()
    return folder / name


def form_pdf(folder: Path) -> Path:
    """A form with a filled-in field: what was typed has to be seen."""
    sheet = canvas.Canvas(str(folder / "form.pdf"), pagesize=A4)
    sheet.acroForm.textfield(
        name="who", value="XXXXXXXXXXXXXXXX", x=72, y=400, width=400, height=60
    )
    sheet.drawString(72, 500, MARK)
    sheet.showPage()
    sheet.save()
    return folder / "form.pdf"


def restricted_pdf(folder: Path) -> Path:
    """A PDF that anybody can open, but that says not to change it (as administrations do)."""
    with pikepdf.open(pdf(folder, name="plain.pdf")) as document:
        rights = pikepdf.Permissions(modify_other=False, extract=False)
        document.save(
            folder / "restricted.pdf",
            encryption=pikepdf.Encryption(user="", owner="administration", allow=rights),
        )
    return folder / "restricted.pdf"


def encrypted_pdf(folder: Path) -> Path:
    """A PDF that asks for a password."""
    with pikepdf.open(pdf(folder, name="plain.pdf")) as document:
        document.save(folder / "locked.pdf", encryption=pikepdf.Encryption(user="1", owner="2"))
    return folder / "locked.pdf"


def armed_pdf(folder: Path) -> Path:
    """A PDF with a script on opening, a launch button, attached files and a form script."""
    with pikepdf.open(pdf(folder, name="plain.pdf")) as document:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('ARMED')")
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="ARMED.exe", Next=script)
        document.attachments["ARMED.exe"] = b"MZ ARMED"
        document.Root.OpenAction = document.make_indirect(script)
        document.Root.AA = pikepdf.Dictionary(WC=script)
        document.Root.Names.JavaScript = pikepdf.Dictionary(
            Names=pikepdf.Array([pikepdf.String("ARMED"), document.make_indirect(script)])
        )
        annotations = [
            document.make_indirect(pikepdf.Dictionary(annotation))
            for annotation in _armed_annotations(document, script, launch)
        ]
        document.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array(annotations[-1:]), XFA=document.make_stream(b"<xdp>ARMED</xdp>")
        )
        page = document.pages[0]
        page.obj.AA = pikepdf.Dictionary(O=launch)
        page.obj.Annots = pikepdf.Array(annotations)
        document.save(folder / "armed.pdf", compress_streams=False)
    return folder / "armed.pdf"


def _armed_annotations(document: pikepdf.Pdf, script: Any, launch: Any) -> list[dict[str, Any]]:
    shared = {"/Type": pikepdf.Name.Annot, "/Rect": pikepdf.Array([0, 0, 200, 200])}
    rich = pikepdf.Dictionary(Assets=pikepdf.Dictionary(Names=pikepdf.Array([])))
    attached = pikepdf.AttachedFileSpec(document, b"MZ ARMED", filename="ARMED.exe").obj
    return [
        {**shared, "/Subtype": pikepdf.Name.Link, "/A": launch},
        {
            **shared,
            "/Subtype": pikepdf.Name.Link,
            "/A": pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://ARMED.example"),
        },
        {**shared, "/Subtype": pikepdf.Name.RichMedia, "/RichMediaContent": rich},
        {**shared, "/Subtype": pikepdf.Name.FileAttachment, "/FS": attached},
        {
            **shared,
            "/Subtype": pikepdf.Name.Widget,
            "/FT": pikepdf.Name.Btn,
            "/T": pikepdf.String("button"),
            "/A": launch,
            "/AA": pikepdf.Dictionary(K=script),
        },
    ]


def many_pages_pdf(folder: Path, pages: int = 200) -> Path:
    """A PDF of very many pages in few bytes."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
        document.save(folder / "many.pdf")
    return folder / "many.pdf"


def huge_page_pdf(folder: Path) -> Path:
    """A page of 14,400 points, the largest there is: 5 metres, 830 million pixels at 144 dpi."""
    return pdf(folder, name="huge.pdf", size=(14_400, 14_400))


def endless_pdf(folder: Path) -> Path:
    """A page whose drawing calls itself over and over: few bytes, hours of work."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        inner = document.make_stream(b"0 0 595 842 re f " * 2000)
        for _ in range(12):
            outer = document.make_stream(b"/X Do " * 10)
            outer.Type, outer.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            outer.BBox = pikepdf.Array([0, 0, 595, 842])
            outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
            inner.Type, inner.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
            inner.BBox = pikepdf.Array([0, 0, 595, 842])
            inner = outer
        page = document.pages[0]
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        page.obj.Contents = document.make_stream(b"/X Do " * 10)
        document.save(folder / "endless.pdf")
    return folder / "endless.pdf"


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def bomb_png(folder: Path, width: int = 12_000, height: int = 10_000) -> Path:
    """120 million pixels in some hundred kilobytes, written row by row."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\0" * (3 * width)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path = folder / f"bomb-{width}.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", data)
        + _chunk(b"IEND", b"")
    )
    return path


def claimed_bomb_heic(folder: Path) -> Path:
    """A HEIC whose header says 141 million pixels."""
    made = pillow_heif.from_pillow(drawing(1024, 1024))
    made.save(folder / "claimed.heic", quality=30)
    whole = (folder / "claimed.heic").read_bytes()
    said = struct.pack(">II", 1024, 1024)
    place = whole.index(said, whole.index(b"ispe"))
    bomb = whole[:place] + struct.pack(">II", 11_875, 11_875) + whole[place + 8 :]
    (folder / "claimed.heic").write_bytes(bomb)
    return folder / "claimed.heic"


def cut(path: Path, share: float = 0.5) -> Path:
    """The first part of a file, as a broken connection leaves it."""
    whole = path.read_bytes()
    target = path.with_name(f"cut-{path.name}")
    target.write_bytes(whole[: int(len(whole) * share)])
    return target


def written(folder: Path, name: str, content: bytes) -> Path:
    """Any bytes under any name."""
    (folder / name).write_bytes(content)
    return folder / name


HTML = b"<!DOCTYPE html><html><script>alert('ARMED')</script></html>"
SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def docx(folder: Path) -> Path:
    """A word processor's file that asks for a file of the machine (XXE)."""
    path = folder / "lettre.docx"
    evil = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document>&e;</w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", evil)
    return path


def zipped(folder: Path, content: bytes = b"\0" * 1_000_000) -> Path:
    """An archive within an archive."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", content)
    with zipfile.ZipFile(folder / "pages.zip", "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    return folder / "pages.zip"


def polyglot(folder: Path) -> Path:
    """A JPEG that is a web page and an archive too."""
    path = jpeg(folder, "polyglot.jpg")
    with path.open("ab") as file:
        file.write(HTML)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("ARMED.exe", b"MZ ARMED")
    return path


def pdf_polyglot(folder: Path) -> Path:
    """A PDF with a web page and a program behind its end."""
    whole = pdf(folder, name="plain.pdf").read_bytes()
    return written(folder, "polyglot.pdf", whole + b"\n%" + HTML + b"\nMZ ARMED\n%%EOF\n")


Specimen = Callable[[Path], Path]
