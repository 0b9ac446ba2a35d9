"""What runs in the child process: limits first, then one job. Imports nothing of ours, and no Django.

Started by `shop.core.untrusted`; reads the question from standard input, writes the answer to standard output. It has
no environment, opens nothing and writes nothing; whatever goes wrong in it ends it alone.
"""

import codecs
import contextlib
import csv
import importlib
import io
import itertools
import json
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

MEGABYTE = 1024 * 1024


class Refused(Exception):
    """What the file is refused for: too_large, too_many, damaged, kind."""

    def __init__(self, reason: str, position: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


@contextlib.contextmanager
def refused_as(reason: str, position: int = 0) -> Iterator[None]:
    """Refuse a file for whatever it makes a library raise; running out of memory is told apart."""
    try:
        yield
    except (MemoryError, Refused):
        raise
    except Exception:  # noqa: BLE001  reason: nobody knows what a stranger's file makes a library raise
        raise Refused(reason, position) from None


def limit(memory: int, cpu: int) -> None:
    """Set this process's limits; they can't be raised again."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))


def read_question() -> tuple[dict[str, Any], list[bytes]]:
    """Return what is asked, and the files."""
    stream = sys.stdin.buffer
    head = json.loads(stream.read(int.from_bytes(stream.read(4), "big")))
    limit(head["memory"], head["cpu"])
    return head, [stream.read(size) for size in head["sizes"]]


def answer(facts: dict[str, Any], files: list[bytes]) -> None:
    """Write the answer."""
    text = json.dumps(facts | {"sizes": [len(each) for each in files]}, ensure_ascii=False).encode()
    stream = sys.stdout.buffer
    stream.write(len(text).to_bytes(4, "big") + text)
    for each in files:
        stream.write(each)
    stream.flush()


# Tables


def table(files: list[bytes], options: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Return the cells of an XLSX file's first sheets, as many as are asked for, or of a CSV; and all sheets' names."""
    data = files[0]
    if not data.startswith(b"PK"):
        return {"sheets": [{"name": "", "rows": kept(plain(data, options), options)}], "names": [""]}, []
    book = opened(data)
    sheets = [
        {"name": sheet.title[:31], "rows": kept(cells(sheet, options), options)}
        for sheet in book.worksheets[: options["most_sheets"]]
    ]
    return {"sheets": sheets, "names": [name[:31] for name in book.sheetnames[:100]]}, []


def kept(found: Iterator[list[Any]], options: dict[str, Any]) -> list[list[Any]]:
    """Return the rows of a sheet up to the last that says anything; refuse more than a list can have."""
    rows: list[list[Any]] = []
    last = 0
    # Rows that were only formatted are no rows; a sheet may end in thousands of them.
    for row in itertools.islice(found, options["max_rows"] * 20):
        if any(value not in (None, "") for value in row):
            last = len(rows) + 1
            if last > options["max_rows"]:
                raise Refused("too_many")
        rows.append(row)
    return rows[:last]


MOST_UNPACKED = 40 * MEGABYTE
MOST_ENTRIES = 400
# A full list of 700 rows and 20 columns has about 60,000.
MOST_ELEMENTS = 400_000


def opened(data: bytes) -> Any:
    """Return a workbook; what unpacks to more than a list of goods can be is refused unread."""
    with refused_as("damaged"), zipfile.ZipFile(io.BytesIO(data)) as archive:
        measure(archive)
    from openpyxl import load_workbook  # reason: only this job needs it

    with refused_as("damaged"):
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        if not book.worksheets:
            raise Refused("damaged")
    return book


def cells(sheet: Any, options: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the cells of one sheet."""
    with refused_as("damaged"):
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=options["max_columns"], values_only=True):
            yield [cell(value) for value in row]


def measure(archive: Any) -> None:
    """Refuse an archive by what it unpacks to, in bytes and in elements, before a parser sees any of it."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused("too_large")
    size = elements = 0
    for entry in entries:
        with archive.open(entry) as stream:
            while part := stream.read(MEGABYTE):
                size += len(part)
                elements += part.count(b"<") if entry.filename.endswith((".xml", ".rels")) else 0
                # What it says of its size is not believed.
                if size > MOST_UNPACKED or elements > MOST_ELEMENTS:
                    raise Refused("too_large")


def cell(value: Any) -> Any:
    """Return a cell as JSON can hold it: whole numbers and fractions as they are, all else as text."""
    if value is None or isinstance(value, (int, float)):
        return value
    return str(value)[:2000]


def plain(data: bytes, options: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the cells of a CSV in UTF-8, UTF-16 or GB 18030, whatever separates them."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        for row in separated(text):
            yield [value[:2000] for value in row[: options["max_columns"]]]
        return
    raise Refused("damaged")


SEPARATORS = "\t;,"
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def separated(text: str) -> list[list[str]]:
    """Return the cells of a CSV's rows; what stands in quotes has no say in what separates them.

    A spreadsheet program's own first line `sep=;` is obeyed, and is a row of its own. Where a quote never ends each
    line is a row, so that none is swallowed.
    """
    text = text.replace("\ufeff", "")
    said = re.match(r"sep=(.)[ \t]*(?:\r\n|\r|\n)", text, re.IGNORECASE)
    rest = text[said.end() :] if said else text
    lines = _QUOTED.sub("", rest).splitlines()
    separator = said.group(1) if said else max(SEPARATORS, key=lambda each: sum(each in line for line in lines))
    first: list[list[str]] = [[]] if said else []
    try:
        return first + list(csv.reader(io.StringIO(rest, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        if "limit" in str(error):
            raise Refused("damaged") from None
    return first + [_line(line, separator) for line in rest.splitlines()]


def _line(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return line.split(separator)


# Documents

OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def office(files: list[bytes], options: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Refuse what is no Word or Excel file of its kind, unpacks to too much, or holds a program."""
    data = files[0]
    # An archive is read from its end: one with something before it is two files in one.
    if not data.startswith(b"PK\x03\x04"):
        raise Refused("kind")
    with refused_as("damaged"), zipfile.ZipFile(io.BytesIO(data)) as archive:
        measure(archive)
        names = {entry.filename.lower() for entry in archive.infolist()}
        types = archive.read("[Content_Types].xml").lower()
    programs = any(name.endswith((".bin", ".exe", ".dll", ".vbs", ".js")) for name in names)
    if OFFICE_PARTS[options["kind"]] not in names or programs or b"macroenabled" in types:
        raise Refused("kind")
    return {}, []


# Pictures


def pictures(files: list[bytes], options: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Re-encode pictures in the widths asked for; refuse by their heads before any pixel is unpacked."""
    from PIL import Image  # reason: only pictures need it

    # Named one by one, Pillow does not load the plugins of forty other kinds.
    for kind in ("Avif", "Jpeg", "Png", "WebP"):
        importlib.import_module(f"PIL.{kind}ImagePlugin")
    if "HEIF" in options["formats"]:
        open_heif()
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    opened = heads(files, options)
    facts, made = [], []
    for position, image in enumerate(opened):
        opened[position] = Image.new("L", (1, 1))
        try:
            upright = decode(image, options["master"])
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  reason: as in `refused_as`
            # libheif says so in words of its own.
            is_memory = "memory" in str(error).lower() or "limit" in str(error).lower()
            raise Refused("too_large" if is_memory else "damaged", position) from None
        del image
        widths = [width for width in options["widths"] if width <= upright.width] or [options["widths"][0]]
        for width in widths:
            made += encode(upright, width, options["kinds"])
        facts.append({"width": upright.width, "height": upright.height, "widths": widths, "ground": ground(upright)})
    return {"pictures": facts}, made


def heads(files: list[bytes], options: dict[str, Any]) -> list[Any]:
    """Open pictures, which reads their heads alone; refuse what has too many or too few pixels."""
    from PIL import Image  # reason: only pictures need it

    opened: list[Image.Image] = []
    total = 0
    for position, data in enumerate(files):
        with refused_as("kind", position):
            image: Image.Image = Image.open(io.BytesIO(data), formats=options["formats"])
        pixels = image.width * image.height
        if pixels > options["max_pixels"]:
            raise Refused("too_many", position)
        if min(image.size) < options["least_side"]:
            raise Refused("too_small", position)
        # A JPEG is unpacked at a fraction of its size, the others whole.
        total += pixels // 4 if image.format == "JPEG" else pixels
        opened.append(image)
    if total > options["max_total"]:
        raise Refused("too_many_together")
    return opened


def open_heif() -> None:
    """Let Pillow open what phones send; in one thread, whose stack is all that it costs."""
    import pillow_heif  # reason: 12 MB that only pictures of strangers need

    pillow_heif.options.DECODE_THREADS = 1
    for left_out in ("THUMBNAILS", "DEPTH_IMAGES", "AUX_IMAGES"):
        setattr(pillow_heif.options, left_out, False)
    pillow_heif.register_heif_opener()


def decode(image: Any, master: int) -> Any:
    """Return an upright sRGB image of at most `master` pixels a side; what was beside its pixels is left behind."""
    from PIL import Image, ImageOps  # reason: only pictures need it

    # JPEG decodes small at once; the others shrink before anything else is copied.
    image.draft("RGB", (master, master))
    profile, is_plain_cmyk = image.info.get("icc_profile"), image.mode == "CMYK" and "adobe" not in image.info
    image = in_eight_bits(image)
    if "transparency" in image.info or image.mode in {"LA", "PA"}:
        image = image.convert("RGBA")
    elif image.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        image = image.convert("RGB")
    image.thumbnail((master, master), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    if is_plain_cmyk:
        # Pillow takes every CMYK for Adobe's, which is stored inverted.
        image = image.point(lambda value: 255 - value)
    image = in_srgb(image, profile)
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, "#FFFFFF")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    return image.convert("RGB")


def in_eight_bits(image: Any) -> Any:
    """Return a scanner's grey of 16 bits in 8, the brightest still white; others as they are."""
    from PIL import Image  # reason: only pictures need it

    info = image.info
    if image.mode.startswith("I;16"):
        image = Image.frombytes("L", image.size, image.tobytes()[0 if image.mode.endswith("B") else 1 :: 2])
    elif image.mode == "I":
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    else:
        return image
    key = info.get("transparency")
    image.info = {name: value for name, value in info.items() if name != "transparency"}
    if isinstance(key, int):
        image.info["transparency"] = key >> 8
    return image


def in_srgb(image: Any, profile: bytes | None) -> Any:
    """Return the image with the colours its profile says; with a profile that can't be used, as if it had none."""
    from PIL import Image, ImageCms  # reason: only pictures need it

    if not profile:
        return image
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}[given.profile.xcolor_space.strip()]
        plain = image.convert("RGB") if image.mode == "RGBA" else image
        if plain.mode != space:
            if space == "CMYK" or plain.mode == "CMYK":
                return image
            plain = plain.convert(space)
        drawn = ImageCms.profileToProfile(plain, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, KeyError, OSError, ValueError):
        return image
    if not isinstance(drawn, Image.Image):
        return image
    if image.mode == "RGBA":
        drawn.putalpha(image.getchannel("A"))
    return drawn


def encode(image: Any, width: int, kinds: list[dict[str, Any]]) -> list[bytes]:
    """Return the picture `width` pixels wide in each kind; no wider than it is."""
    from PIL import Image  # reason: only pictures need it

    height = max(1, round(image.height * width / image.width))
    small = image if width >= image.width else image.resize((width, height), Image.Resampling.LANCZOS)
    made = []
    for options in kinds:
        buffer = io.BytesIO()
        small.save(buffer, exif=b"", icc_profile=None, **options)
        made.append(buffer.getvalue())
    return made


def ground(image: Any) -> str:
    """Return the colour of the bottom-left corner, which the look keeps empty, as #RRGGBB."""
    from PIL import Image  # reason: only pictures need it

    side = max(1, image.width // 12)
    corner = image.crop((0, image.height - side, side, image.height)).resize((1, 1), Image.Resampling.BOX)
    red, green, blue = corner.getpixel((0, 0))
    return f"#{red:02X}{green:02X}{blue:02X}"


JOBS = {"table": table, "office": office, "pictures": pictures}


def main() -> None:
    """Do the job; a refusal is an answer, running out of memory too."""
    sys.path[:0] = sys.argv[1:]
    head, files = read_question()
    try:
        facts, made = JOBS[head["job"]](files, head["options"])
    except Refused as refused:
        facts, made = {"refused": refused.reason, "position": refused.position}, []
    except (MemoryError, RecursionError):
        facts, made = {"refused": "too_large"}, []
    answer(facts, made)


if __name__ == "__main__":
    main()
