"""The kernels of the search for neighbours; `search.py` says what they do and runs them."""

from typing import Any

import numpy as np

from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.neighbours.cells import CELLS, PADS, PLACE, ROW
from knudsen.md.state.atoms import PACK

# What rounding could take from the reach: in float64, where cells are left out; in float32, from a distance,
# as a part of the coordinates.
SLACK = 1e-9
FLOAT32_SLACK = 2.0**-22
# Candidates go by the bits of a word and of a byte, and so many at most before places become slots.
WORD = 32
BYTE = 8
CHUNK = 1024
# Rows of a list are filled up to a multiple of this with an atom that is out of reach.
FILL = 4
U = np.uint64


def byte_places() -> np.ndarray[Any, Any]:
    """Places of the bits set in each byte, uint64 [2 256]: four numbers of 16 bits a word."""
    table = np.zeros((256, BYTE), np.uint64)
    for byte in range(256):
        places = [bit for bit in range(BYTE) if byte >> bit & 1]
        table[byte, : len(places)] = places
    shifts = 16 * np.arange(4, dtype=np.uint64)
    return np.bitwise_or.reduce(table.reshape(512, 4) << shifts, axis=1)


def byte_counts() -> np.ndarray[Any, Any]:
    """How many bits are set in each byte, uint8 [256]."""
    return np.array([byte.bit_count() for byte in range(256)], np.uint8)


@kernel
def narrow_atoms(lane: int, edges: Any, copy: Any, stale: Any, position: Any, x: Any, y: Any, z: Any) -> None:
    """Round the places of the atoms of one lane of a stale copy to float32."""
    if stale[copy[lane]]:
        for i in range(U(edges[lane]), U(edges[lane + 1])):
            at, to = U(PACK) * U(i), U(i)
            x[to], y[to], z[to] = position[at], position[at + U(1)], position[at + U(2)]


@kernel
def narrow_images(
    c: int, image: Any, copy: Any, stale: Any, starts: Any, ends: Any, position: Any, x: Any, y: Any, z: Any
) -> None:  # fmt: skip
    """Round the places of the atoms of an image cell to float32."""
    if stale[copy[c]]:
        for i in range(starts[image[c]], ends[image[c]]):
            at, to = U(PACK * i), U(i)
            x[to], y[to], z[to] = position[at], position[at + U(1)], position[at + U(2)]


@device_function
def gap(cells: int, edge: float) -> float:
    """Least distance of two cells so many apart along one axis."""
    return max(0.0, (abs(cells) - 1) * edge)


@device_function
def copy_eight(column: Any, j: Any, held: Any, k: Any) -> None:
    """Copy eight numbers; all are read before one is written, which lets them go as one."""
    a, b, c, d = column[j], column[j + U(1)], column[j + U(2)], column[j + U(3)]
    e, f, g, h = column[j + U(4)], column[j + U(5)], column[j + U(6)], column[j + U(7)]
    held[k], held[k + U(1)], held[k + U(2)], held[k + U(3)] = a, b, c, d
    held[k + U(4)], held[k + U(5)], held[k + U(6)], held[k + U(7)] = e, f, g, h


@device_function
def gather_cell(first: int, end: int, columns: Any, held: Any, to: int) -> None:
    """Copy the atoms of a cell, and up to seven beyond, which what comes next overwrites."""
    for part in range(U(end - first + BYTE - 1) // U(BYTE)):
        j, k = U(first) + U(BYTE) * U(part), U(to) + U(BYTE) * U(part)
        copy_eight(columns[0], j, held[0], k)
        copy_eight(columns[1], j, held[1], k)
        copy_eight(columns[2], j, held[2], k)
        copy_eight(columns[3], j, held[3], k)


@device_function
def gather_pencil(
    line: int, plane: int, place: int, cells: Any, pads: Any, edges: Any, reach: float, starts: Any,
    ends: Any, columns: Any, held: Any, base: int, room: int, planes: Any, mark: int,
) -> int:  # fmt: skip
    """Gather all atoms and images in reach of a pencil, plane by plane of cells along it; their number.

    planes : where each plane begins, and behind that where the pencil's own cell begins in each
    """
    full_x, full_y = cells[0] + 2 * pads[0], cells[1] + 2 * pads[1]
    found = 0
    for c in range(full_x):
        planes[mark + c] = base + found
        for z in range(plane - pads[2], plane + pads[2] + 1):
            gap_z = gap(z - plane, edges[2])
            for y in range(line - pads[1], line + pads[1] + 1):
                gap_y = gap(y - line, edges[1])
                if gap_y * gap_y + gap_z * gap_z > reach * reach * (1.0 + SLACK):
                    continue
                cell = U(place + (z * full_y + y) * full_x + c)
                first, end = starts[cell], ends[cell]
                if y == line and z == plane:
                    planes[mark + full_x + 1 + c] = base + found
                if found + end - first <= room:
                    gather_cell(first, end, columns, held, base + found)
                found += end - first
    planes[mark + full_x] = base + found
    return found


@device_function
def set_bits(
    here: Any, reach2: Any, held: Any, first: int, words: Any, bits: Any, base: int
) -> None:  # fmt: skip
    """Set a bit for each candidate within reach of a place."""
    x, y, z = here
    for word in range(words):
        begin = U(first) + U(WORD) * U(word)
        near = np.uint32(0)
        for k in range(U(WORD)):
            j = begin + U(k)
            dx, dy, dz = x - held[0][j], y - held[1][j], z - held[2][j]
            near |= np.uint32(dx * dx + dy * dy + dz * dz < reach2) << np.uint32(k)
        bits[U(base) + U(word)] = near


@device_function
def keep_four(near: Any, at: Any, places: Any) -> None:
    """Write four numbers of 16 bits, which are one word."""
    near[at] = np.uint16(places)
    near[at + U(1)] = np.uint16(places >> U(16))
    near[at + U(2)] = np.uint16(places >> U(32))
    near[at + U(3)] = np.uint16(places >> U(48))


@device_function
def places_of(bits: Any, base: int, words: Any, places: Any, set_in: Any, near: Any, to: int) -> Any:
    """Write the places of the bits that are set; their number.  Eight are written and the set ones kept."""
    every = U(0x0001000100010001)
    at = U(to)
    for word in range(words):
        held = bits[U(base) + U(word)]
        for part in range(U(WORD // BYTE)):
            byte = U(held >> np.uint32(U(BYTE) * U(part))) & U(255)
            begin = (U(WORD) * U(word) + U(BYTE) * U(part)) * every
            keep_four(near, at, places[U(2) * byte] + begin)
            keep_four(near, at + U(4), places[U(2) * byte + U(1)] + begin)
            at += U(set_in[byte])
    return at - U(to)


@device_function
def list_atom(
    i: int, own: int, first: int, end: int, columns: Any, reach: float, held: Any, bits: Any, near: Any,
    tables: Any, part: int, neighbours: Any, stride: int, nobody: int,
) -> int:  # fmt: skip
    """Write the candidates first .. end - 1 within reach of atom i, itself candidate `own`, to its row."""
    here = (columns[0][i], columns[1][i], columns[2][i])
    wide = reach + FLOAT32_SLACK * (abs(here[0]) + abs(here[1]) + abs(here[2]) + 2.0 * reach)
    reach2 = np.float32(wide * wide)
    base, to = part * (CHUNK // WORD), part * (CHUNK + BYTE)
    row, count = U(i) * U(stride), U(0)
    for begin in range(first, end, CHUNK):
        size = U(min(end - begin, CHUNK))
        words = (size + U(WORD - 1)) // U(WORD)
        set_bits(here, reach2, held, begin, words, bits, base)
        beyond = size % U(WORD)
        if beyond > U(0):
            bits[U(base) + words - U(1)] &= (np.uint32(1) << np.uint32(beyond)) - np.uint32(1)
        me = U(own - begin)
        if me < size:
            bits[U(base) + me // U(WORD)] &= ~(np.uint32(1) << np.uint32(me % U(WORD)))
        found = places_of(bits, base, words, tables[0], tables[1], near, to)
        room = U(stride) - min(count, U(stride))
        for k in range(min(found, room)):
            neighbours[row + count + U(k)] = held[3][U(begin) + U(near[U(to) + U(k)])]
        count += found
    fill_row(row, count, neighbours, stride, nobody)
    return np.int64(count)


@device_function
def fill_row(row: Any, count: Any, neighbours: Any, stride: int, nobody: int) -> None:
    """Fill a row up with a slot that is out of everyone's reach."""
    for k in range(count, min((count + U(FILL - 1)) // U(FILL) * U(FILL), U(stride))):
        neighbours[row + U(k)] = np.uint32(nobody)


@kernel
def list_along_pencils(
    part: int, share: int, pencils: Any, stale: Any, rows: Any, lengths: Any, starts: Any, ends: Any,
    reach: float, x: Any, y: Any, z: Any, slot: Any, held_x: Any, held_y: Any, held_z: Any, held_slot: Any,
    planes: Any, bits: Any, near: Any, places: Any, set_in: Any, needed: Any,
    neighbours: Any, stride: int, counts: Any, nobody: int,
) -> None:  # fmt: skip
    """List all atoms and images within reach of the atoms of one part of the pencils, in the stale copies."""
    room = held_x.shape[0] // needed.shape[0] - WORD
    base, mark = part * (room + WORD), part * (planes.shape[0] // needed.shape[0])
    columns, held = (x, y, z, slot), (held_x, held_y, held_z, held_slot)
    most = 0
    for p in range(part * share, min((part + 1) * share, pencils.shape[0] // 3)):
        copy = pencils[3 * p]
        if not stale[copy]:
            continue
        row, box = ROW * copy, 3 * copy
        cells = (rows[row + CELLS], rows[row + CELLS + 1], rows[row + CELLS + 2])
        pads = (rows[row + PADS], rows[row + PADS + 1], rows[row + PADS + 2])
        edges = (lengths[box] / cells[0], lengths[box + 1] / cells[1], lengths[box + 2] / cells[2])
        line, plane = pencils[3 * p + 1] + pads[1], pencils[3 * p + 2] + pads[2]
        found = gather_pencil(
            line, plane, rows[row + PLACE], cells, pads, edges, reach, starts, ends, columns, held, base,
            room, planes, mark,
        )  # fmt: skip
        most = max(most, found)
        if found > room:
            continue
        full_x = cells[0] + 2 * pads[0]
        begin = rows[row + PLACE] + (plane * (cells[1] + 2 * pads[1]) + line) * full_x
        for c in range(pads[0], pads[0] + cells[0]):
            own = planes[mark + full_x + 1 + c] - starts[begin + c]
            for i in range(starts[begin + c], ends[begin + c]):
                counts[i] = list_atom(
                    i, own + i, planes[mark + c - pads[0]], planes[mark + c + pads[0] + 1], columns, reach,
                    held, bits, near, (places, set_in), part, neighbours, stride, nobody,
                )  # fmt: skip
    needed[part] = most


@kernel
def list_around_atoms(
    i: int, copy: Any, stale: Any, cell: Any, position: Any, rows: Any, lengths: Any, starts: Any, ends: Any,
    reach: float, neighbours: Any, stride: int, counts: Any, nobody: int,
) -> None:  # fmt: skip
    """List all atoms and images within reach of one atom of a stale copy."""
    if not stale[copy[i]]:
        return
    row, box = ROW * copy[i], 3 * copy[i]
    cells = (rows[row + CELLS], rows[row + CELLS + 1], rows[row + CELLS + 2])
    pads = (rows[row + PADS], rows[row + PADS + 1], rows[row + PADS + 2])
    full_x, full_y = cells[0] + 2 * pads[0], cells[1] + 2 * pads[1]
    column = cell[i] % cells[0] + pads[0]
    line, plane = cell[i] // cells[0] % cells[1] + pads[1], cell[i] // (cells[0] * cells[1]) + pads[2]
    me = U(PACK * i)
    x, y, z = position[me], position[me + U(1)], position[me + U(2)]
    first, count = U(i) * U(stride), U(0)
    for cz in range(plane - pads[2], plane + pads[2] + 1):
        gap_z = gap(cz - plane, lengths[box + 2] / cells[2])
        for cy in range(line - pads[1], line + pads[1] + 1):
            gap_y = gap(cy - line, lengths[box + 1] / cells[1])
            if gap_y * gap_y + gap_z * gap_z > reach * reach * (1.0 + SLACK):
                continue
            begin = rows[row + PLACE] + (cz * full_y + cy) * full_x + column
            for c in range(begin - pads[0], begin + pads[0] + 1):
                for other in range(starts[c], ends[c]):
                    j = U(PACK * other)
                    dx, dy, dz = x - position[j], y - position[j + U(1)], z - position[j + U(2)]
                    if dx * dx + dy * dy + dz * dz < reach * reach and other != i:
                        if count < U(stride):
                            neighbours[first + count] = np.uint32(other)
                        count += U(1)
    fill_row(first, count, neighbours, stride, nobody)
    counts[i] = np.int64(count)
