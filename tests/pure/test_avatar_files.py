"""Files sent as avatars: what is refused and why, and that damage never goes further."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from service.domain.audiences.avatars import PORTRAIT_SIDE, portrait
from service.domain.errors import DomainError, Invalid, TooLarge, UnsupportedMedia

FORMATS = ("PNG", "JPEG", "WEBP")
SCRIPT = b"<script>alert(document.domain)</script>"


def saved(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def slope(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def codes(data: bytes) -> list[str]:
    with pytest.raises(Invalid) as refused:
        portrait(data)
    assert {problem.pointer for problem in refused.value.problems} == {""}
    return [problem.code for problem in refused.value.problems]


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, body: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", body), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_is_refused(form: str) -> None:
    frames = [Image.new("RGB", (32, 32), "blue")]
    data = saved(Image.new("RGB", (32, 32), "red"), form, save_all=True, append_images=frames)
    assert codes(data) == ["animated_image"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG",
        b"RIFF\0\0\0\0WAVE",
        SCRIPT,
        b"<!doctype html><html>" + SCRIPT,
        b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
        b"#!/bin/sh\nid\n",
        b"%PDF-1.7",
        b"GIF89a/*" + SCRIPT,
        b" " + saved(slope()),
        saved(slope(), "GIF"),
        saved(slope(), "BMP"),
        saved(slope(), "TIFF"),
        saved(slope(), "ICO"),
    ],
)
def test_what_is_no_png_jpeg_or_webp_is_refused_by_its_bytes(data: bytes) -> None:
    with pytest.raises(UnsupportedMedia):
        portrait(data)


def test_a_file_over_two_mebibytes_is_refused() -> None:
    data = saved(slope())
    largest = data + b"\0" * (2 * 1024 * 1024 - len(data))
    assert portrait(largest).width == 64
    with pytest.raises(TooLarge):
        portrait(largest + b"\0")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((15, 64), ["side_out_of_range"]),
        ((64, 15), ["side_out_of_range"]),
        ((4097, 16), ["side_out_of_range"]),
        ((2001, 2000), ["too_many_pixels"]),
        ((4100, 1000), ["side_out_of_range", "too_many_pixels"]),
    ],
)
def test_sides_and_pixels_have_bounds(form: str, size: tuple[int, int], wanted: list[str]) -> None:
    assert codes(saved(Image.new("RGB", size), form)) == wanted


def test_the_bounds_are_judged_before_anything_is_decoded() -> None:
    promised = png_of(60_000, 60_000, b"not even zlib")
    assert codes(promised) == ["side_out_of_range", "too_many_pixels"]
    lossless = saved(slope("RGBA", (2500, 2000)), "WEBP", lossless=True)
    assert codes(lossless[: len(lossless) // 2]) == ["too_many_pixels"]


def test_a_small_picture_that_unpacks_to_far_more_costs_only_its_own_pixels() -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    made = portrait(png_of(16, 16, packed))
    assert (made.width, made.height) == (16, 16)


def test_compressed_texts_are_never_unpacked() -> None:
    data = saved(slope())
    text = png_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 2_000_000))
    broken = png_chunk(b"iCCP", b"a\0\0" + b"not zlib")
    assert portrait(data[:33] + text * 500 + broken + data[33:]) == portrait(data)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = saved(slope(), "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    assert portrait(data[:-2] + last_scan * 10 + data[-2:]).width == 64
    assert codes(data[:-2] + last_scan * 1_000 + data[-2:]) == ["too_many_scans"]


def test_a_header_that_lies_about_the_picture_is_refused() -> None:
    large = saved(slope("RGBA", (3000, 3000)), "WEBP", lossless=True)[12:]
    small = b"VP8X" + struct.pack("<IB3x", 10, 0x10) + b"\x1f\0\0\x1f\0\0"
    riff = b"RIFF" + struct.pack("<I", 4 + len(small) + len(large)) + b"WEBP"
    assert codes(riff + small + large) == ["unreadable_image"]
    two_frames = saved(slope(), "JPEG")
    at = two_frames.index(b"\xff\xc0")
    frame = two_frames[at : at + 19]
    other = frame[:5] + struct.pack(">HH", 2000, 2000) + frame[9:]
    assert codes(two_frames[:at] + other + two_frames[at:]) == ["unreadable_image"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_truncated_file_is_refused_wherever_it_is_cut(form: str) -> None:
    data = saved(slope(), form)
    for length in range(12, len(data) - 1):
        with pytest.raises(Invalid):
            portrait(data[:length])


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


SEEDS = [
    saved(slope(mode, (40, 30)), form, **options)
    for form, mode, options in (
        ("PNG", "RGB", {"exif": turned(6)}),
        ("PNG", "P", {"transparency": 0}),
        ("PNG", "LA", {}),
        ("JPEG", "RGB", {"exif": turned(8), "icc_profile": b"icc" * 9}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "CMYK", {}),
        ("WEBP", "RGB", {"exif": turned(3)}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGBA", {"xmp": b"<x/>"}),
    )
]
EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 3), st.binary(max_size=5)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(SEEDS), EDITS)
def test_a_damaged_file_gives_a_portrait_or_one_of_our_errors(
    seed: bytes, edits: list[tuple[float, int, bytes]]
) -> None:
    data = seed
    for where, removed, inserted in edits:
        at = int(where * len(data))
        data = data[:at] + inserted + data[at + removed :]
    judged(data)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x40\0\0\0WEBP"]), st.binary())
def test_noise_behind_a_magic_number_goes_no_further(magic: bytes, noise: bytes) -> None:
    judged(magic + noise)


def judged(data: bytes) -> None:
    try:
        made = portrait(data)
    except DomainError as refused:
        assert isinstance(refused, Invalid | UnsupportedMedia)
        return
    with Image.open(BytesIO(made.data), formats=["WEBP"]) as image:
        assert image.size == (made.width, made.height)
    assert max(made.width, made.height) <= PORTRAIT_SIDE
