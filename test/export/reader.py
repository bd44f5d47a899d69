"""An independent reader of onebit's four text files, written from docs/conventions.md alone, standard library only.

    python3 reader.py DIR IMAGES LABELS

DIR holds weights.txt, thresholds.txt, scores.txt and manifest.json; IMAGES and LABELS are uncompressed IDX files of unsigned
bytes. Prints JSON: the number of images, how many of them are classified as labelled, and the SHA-256 of the classes, a byte
each. A row of bits is one big integer, element k its bit k."""

import hashlib
import json
import pathlib
import struct
import sys


def main(folder, images_path, labels_path):
    folder = pathlib.Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    for entry in manifest["files"]:
        content = (folder / entry["name"]).read_bytes()
        assert len(content) == entry["length"], entry["name"]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["name"]
    sizes = manifest["layers"]
    weights = read_weights((folder / "weights.txt").read_text(), sizes, manifest["order"])
    on_pixels = manifest["input"]["kind"] == "pixels"
    thresholds = read_thresholds((folder / "thresholds.txt").read_text(), sizes, on_pixels)
    scores = [tuple(map(int, line.split(" "))) for line in (folder / "scores.txt").read_text().splitlines()]

    images, labels = read_idx(images_path), read_idx(labels_path)
    n = sizes[0]
    classes = bytearray()
    for i in range(len(labels)):
        image = images[i * n : (i + 1) * n]
        if on_pixels:
            operands = [pixel_sum(row, image) for row in weights[0]]
        else:
            limit = manifest["input"]["threshold"]
            x = pack(pixel > limit for pixel in image)
            operands = agreements(weights[0], x, n)
        for layer, width in enumerate(sizes[1:-1]):
            x = pack(a >= t for a, t in zip(operands, thresholds[layer]))
            operands = agreements(weights[layer + 1], x, width)
        values = [a * p + b for (a, b), p in zip(scores, operands)]
        classes.append(values.index(max(values)))
    correct = sum(a == b for a, b in zip(classes, labels))
    print(json.dumps({"images": len(labels), "correct": correct, "sha256": hashlib.sha256(classes).hexdigest()}))


def read_weights(text, sizes, order):
    """For each layer its neurons' rows as integers."""
    assert len(text) == sum(n * m for n, m in zip(sizes, sizes[1:]))
    layers, start = [], 0
    for n, m in zip(sizes, sizes[1:]):
        part = text[start : start + n * m]
        start += n * m
        rows = [part[j::m] if order == "source" else part[j * n : (j + 1) * n] for j in range(m)]
        layers.append([int(row[::-1], 2) for row in rows])  # the first character is element 0, the lowest bit
    return layers


def read_thresholds(text, sizes, on_pixels):
    """For each hidden layer its neurons' T."""
    lines = iter(text.splitlines())
    layers = []
    for layer, (n, m) in enumerate(zip(sizes[:-2], sizes[1:-1])):
        signed = on_pixels and layer == 0
        width = 1 + (255 * n + 1).bit_length() if signed else (n + 1).bit_length()
        values = []
        for _ in range(m):
            line = next(lines)
            assert len(line) == width
            value = int(line, 2)
            values.append(value - (1 << width) if signed and line[0] == "1" else value)
        layers.append(values)
    assert next(lines, None) is None
    return layers


def read_idx(path):
    """The elements of an IDX file."""
    content = pathlib.Path(path).read_bytes()
    dimensions = content[3]
    sizes = struct.unpack_from(f">{dimensions}I", content, 4)
    values = content[4 + 4 * dimensions :]
    count = 1
    for size in sizes:
        count *= size
    assert content[:3] == b"\0\0\x08" and len(values) == count
    return values


def pack(bits):
    return int("".join("1" if bit else "0" for bit in bits)[::-1], 2)


def agreements(rows, x, n):
    return [n - bin(x ^ row).count("1") for row in rows]


def pixel_sum(row, image):
    return sum(q if row >> k & 1 else -q for k, q in enumerate(image))


if __name__ == "__main__":
    main(*sys.argv[1:])
