"""Avatars: the portrait that comes out of a picture."""

import struct
import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from service.domain.audiences.avatars import Portrait, portrait

FORMATS = ("PNG", "JPEG", "WEBP")
RED, BLUE = (220, 20, 20), (20, 20, 220)
SCRIPT = b"<script>alert(document.domain)</script>"


def picture(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red above, blue below, so that what is up can be told."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, size[1] // 2, *size))
    return image.convert(mode)


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(made: Portrait) -> Image.Image:
    image = Image.open(BytesIO(made.data), formats=["WEBP"])
    image.load()
    return image


def near(seen: Any, wanted: tuple[int, ...], by: int = 24) -> bool:
    return all(abs(one - other) <= by for one, other in zip(seen, wanted, strict=True))


def webp_chunks(data: bytes) -> list[bytes]:
    names, at = [], 12
    while at < len(data):
        names.append(data[at : at + 4])
        (length,) = struct.unpack_from("<I", data, at + 4)
        at += 8 + length + length % 2
    return names


@pytest.mark.parametrize("form", FORMATS)
def test_each_form_becomes_a_webp_of_the_same_picture(form: str) -> None:
    made = portrait(saved(picture(), form))
    assert (made.media_type, made.width, made.height) == ("image/webp", 64, 48)
    assert made.sha256 == sha256(made.data).hexdigest()
    image = opened(made)
    assert image.size == (64, 48)
    assert near(image.getpixel((32, 6)), RED)
    assert near(image.getpixel((32, 42)), BLUE)


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"quality": 95}])
def test_every_sort_of_jpeg_is_read(options: dict[str, Any]) -> None:
    assert near(opened(portrait(saved(picture(), "JPEG", **options))).getpixel((32, 6)), RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_colour_mode_is_read(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    image = picture("L").convert("I;16") if mode == "I;16" else picture(mode)
    assert opened(portrait(saved(image, form))).size == (64, 48)


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    grey = Image.new("I;16", (32, 32), 128 * 256)
    assert near(opened(portrait(saved(grey))).getpixel((9, 9)), (128, 128, 128), by=3)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_kept(mode: str) -> None:
    image = picture("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 64, 24))
    assert alpha(portrait(saved(image.convert(mode)))) == (0, 255)


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_a_colour_declared_transparent_becomes_so(mode: str) -> None:
    image = picture().quantize(2) if mode == "P" else picture(mode)
    data = saved(image, transparency=image.getpixel((0, 0)))
    assert alpha(portrait(data)) == (0, 255)


def alpha(made: Portrait) -> tuple[Any, Any]:
    """The opacity above and below."""
    band = opened(made).convert("RGBA").getchannel("A")
    return band.getpixel((32, 6)), band.getpixel((32, 42))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((1024, 512), (512, 256)),
        ((600, 1200), (256, 512)),
        ((4096, 16), (512, 2)),
        ((16, 16), (16, 16)),
    ],
)
def test_a_large_picture_is_made_smaller_and_a_small_one_left(
    form: str, size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    made = portrait(saved(picture(size=size), form))
    assert (made.width, made.height) == opened(made).size == wanted


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("order", ["II", "MM"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_is_set_upright(form: str, order: str, orientation: int) -> None:
    quarters = Image.new("RGB", (80, 40))
    for index, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]):
        quarters.paste(
            colour, (index % 2 * 40, index // 2 * 20, index % 2 * 40 + 40, index // 2 * 20 + 20)
        )
    sideways = {
        2: "FLIP_LEFT_RIGHT",
        3: "ROTATE_180",
        4: "FLIP_TOP_BOTTOM",
        5: "TRANSPOSE",
        6: "ROTATE_90",
        7: "TRANSVERSE",
        8: "ROTATE_270",
    }.get(orientation)
    stored = quarters.transpose(Image.Transpose[sideways]) if sideways else quarters
    made = portrait(saved(stored, form, exif=exif(order, orientation)))
    image = opened(made)
    assert image.size == (80, 40)
    for x, y in ((20, 10), (60, 10), (20, 30), (60, 30)):
        assert near(image.getpixel((x, y)), quarters.getpixel((x, y)), by=40)  # type: ignore[arg-type]


def exif(order: str, orientation: int) -> bytes:
    mark = "<" if order == "II" else ">"
    entries = struct.pack(f"{mark}HHHI4s", 2, 0x010F, 2, 4, b"abc\0")
    entries += struct.pack(f"{mark}HHIHH", 0x0112, 3, 1, orientation, 0)
    head = order.encode() + struct.pack(f"{mark}HI", 42, 8)
    return b"Exif\0\0" + head + entries + struct.pack(f"{mark}I", 0)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0II*\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0",
        b"not exif at all",
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_a_broken_exif_block_turns_nothing_and_breaks_nothing(form: str, block: bytes) -> None:
    made = portrait(saved(picture(), form, exif=block))
    assert near(opened(made).getpixel((32, 6)), RED)


def test_nothing_but_pixels_comes_out() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SCRIPT.decode())
    notes.add_itxt("XML:com.adobe.xmp", SCRIPT.decode())
    extras = {"exif": exif("II", 1), "icc_profile": SCRIPT * 9, "xmp": SCRIPT}
    files = [
        saved(picture(), "PNG", pnginfo=notes, exif=extras["exif"], icc_profile=SCRIPT * 9),
        saved(picture("RGBA"), "PNG", pnginfo=notes),
        saved(picture(), "JPEG", comment=SCRIPT, **extras),
        saved(picture(), "WEBP", **extras),
        saved(picture("RGBA"), "WEBP", lossless=True, **extras),
    ]
    for data in files:
        assert SCRIPT in data or b"iCCP" in data
        made = portrait(data)
        assert b"script" not in made.data
        assert set(webp_chunks(made.data)) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_appended_to_a_picture_is_dropped(form: str) -> None:
    data = saved(picture(), form)
    assert portrait(data + SCRIPT) == portrait(data)


def test_of_several_pictures_in_one_jpeg_the_first_is_taken() -> None:
    data = saved(picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))])
    assert near(opened(portrait(data)).getpixel((32, 6)), RED)


def test_lossless_and_transparent_webp_tell_their_size_too() -> None:
    for image in (picture("RGB", (301, 77)), picture("RGBA", (301, 77))):
        for lossless in (True, False):
            made = portrait(saved(image, "WEBP", lossless=lossless, exif=exif("II", 1)))
            assert (made.width, made.height) == (301, 77)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_file_gives_the_same_portrait(form: str) -> None:
    data = saved(picture(size=(700, 300)), form)
    assert portrait(data) == portrait(data)


def test_only_a_process_that_is_sent_an_avatar_loads_the_decoders_and_only_those_it_needs() -> None:
    program = """
import sys
from service.domain.audiences.avatars import portrait
assert not [name for name in sys.modules if name.startswith("PIL")]
assert portrait(sys.stdin.buffer.read()).width == 64
assert not {"PIL.TiffImagePlugin", "PIL.EpsImagePlugin", "PIL.MpoImagePlugin"} & set(sys.modules)
"""
    for form in FORMATS:
        data = saved(picture(), form, exif=exif("MM", 3))
        subprocess.run([sys.executable, "-W", "error", "-c", program], input=data, check=True)
