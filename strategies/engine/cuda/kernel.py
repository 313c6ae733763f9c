# Triton's language has no Python types, and its functions are read by a compiler, not run.
# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ANN202, RUF005
"""The Triton kernel: one program trains one network, whose parameters stay in registers from first step to last.

Imports triton, so it is imported only where it is used. The step is `problem`'s, the batches are those of `batches`.

A network is a tuple of blocks: first the BLOCKS parts of w1, then b1, w2 and b2. Where TILE is 1 a block of w1 is the
weights of one input, ``[NEURONS / LANES, LANES]`` like b1 and w2; else it is ``[TILE, NEURONS]``, for the tensor cores.
A preactivation is ``[NEURONS / LANES, DATA, LANES]`` or ``[DATA, NEURONS]``. Sums over neurons and over data then both
stay within a thread for the most part.

A neuron's gradient follows from sums over its active data alone: S = sum_j r_j (x_j, 1) over preactivations > 0. Then
the gradient in (w1, b1) is w2 S, and in w2 it is <(w1, b1), S> (positive homogeneity): activations are not kept.
"""

import triton
import triton.language as tl

NUMBERS = (
    "x_stride", "y_stride", "n", "k", "d", "delay", "until", "most", "momentum", "batch_size", "seed_low", "seed_high",
    "zero",
)  # fmt: skip
"""Arguments of which no value is compiled in."""


@triton.jit(do_not_specialize=NUMBERS)
def train_steps(
    w1, b1, w2, b2,  # the parameters: [B, k, d], [B, k], [B, k], [B]; changed in place
    v_w1, v_b1, v_w2, v_b2,  # the velocities, in the same shapes; unused without MOMENTUM
    h_w1, h_b1, h_w2, h_b2,  # the ring of `delay` earlier parameters; unused without DELAY
    x, y,  # [B or 1, DATA, BLOCKS * TILE], [B or 1, DATA], padded with zeros; the stride is 0 where shared
    step_size, steps, largest, streams,  # [B] each
    x_stride: tl.int64, y_stride: tl.int64, n: tl.int32, k: tl.int32, d: tl.int32, delay: tl.int32,
    until: tl.int64, most: tl.int32, momentum: tl.float64, batch_size: tl.int32,
    seed_low: tl.uint32, seed_high: tl.uint32,
    zero: tl.int32,  # 0, which the compiler does not know
    DATA: tl.constexpr, NEURONS: tl.constexpr, BLOCKS: tl.constexpr, TILE: tl.constexpr, LANES: tl.constexpr,
    KEEP: tl.constexpr, MOMENTUM: tl.constexpr, DELAY: tl.constexpr, STOCHASTIC: tl.constexpr,
):  # fmt: skip
    """Take each network on to ``until`` steps, but by ``most`` at once. `shapes.Tiling` says what the constants are."""
    network = tl.program_id(0).to(tl.int64)
    x += network * x_stride
    y += network * y_stride
    begin = tl.load(steps + network)
    count = tl.maximum(tl.minimum(until - begin, most), 0).to(tl.int32)
    worst = tl.load(largest + network)
    stream = tl.load(streams + network).to(tl.uint32)
    now = _read(w1, b1, w2, b2, network, k, d, NEURONS, BLOCKS, TILE, LANES)
    velocity = now
    if MOMENTUM:
        velocity = _read(v_w1, v_b1, v_w2, v_b2, network, k, d, NEURONS, BLOCKS, TILE, LANES)
    number = tl.arange(0, DATA)
    labels = tl.load(y + number)
    kept = _kept(x, DATA, BLOCKS, TILE, KEEP)
    inverse = 1.0 / (batch_size if STOCHASTIC else n).to(tl.float64)
    for i in range(count):
        step = begin + i
        used = number < n
        if not KEEP:
            labels = tl.load(y + i * zero + number)
        if STOCHASTIC:
            used = used & _batch(step, stream, seed_low, seed_high, n, batch_size, DATA)
        at = now
        slot = network
        if DELAY:
            slot = network * delay + step % delay
            at = _read(h_w1, h_b1, h_w2, h_b2, slot, k, d, NEURONS, BLOCKS, TILE, LANES)
            # Whoever reads this slot `delay` steps later may be another thread of the program.
            tl.debug_barrier()
            _write(h_w1, h_b1, h_w2, h_b2, slot, now, k, d, NEURONS, BLOCKS, TILE, LANES)
            tl.debug_barrier()
        masked, residuals = _residuals(at, kept, labels, used, x + i * zero, DATA, BLOCKS, TILE, KEEP)
        rate = -inverse * tl.load(step_size + network + (0 if KEEP else i * zero))
        loss = tl.sum(residuals * residuals, 0) * (0.5 * inverse)
        # Once NaN, always NaN.
        worst = tl.where((loss > worst) | (loss != loss), loss, worst)
        now, velocity = _moved(
            now, velocity, at, masked, residuals, rate, momentum, kept, x, DATA, BLOCKS, TILE, KEEP, MOMENTUM
        )
    # As if elsewhere: the addresses need not wait in registers for the last step.
    home = network + count * zero
    _write(w1, b1, w2, b2, home, now, k, d, NEURONS, BLOCKS, TILE, LANES)
    if MOMENTUM:
        _write(v_w1, v_b1, v_w2, v_b2, home, velocity, k, d, NEURONS, BLOCKS, TILE, LANES)
    tl.store(largest + home, worst)
    tl.store(steps + home, begin + count)


@triton.jit
def _neurons(NEURONS: tl.constexpr, TILE: tl.constexpr, LANES: tl.constexpr):
    """Numbers of the neurons, ``[NEURONS]``, or ``[NEURONS / LANES, LANES]`` where TILE is 1."""
    if TILE > 1:
        number = tl.arange(0, NEURONS)
    else:
        number = tl.arange(0, NEURONS // LANES)[:, None] * LANES + tl.arange(0, LANES)[None, :]
    return number


@triton.jit
def _read(
    w1, b1, w2, b2, row, k, d, NEURONS: tl.constexpr, BLOCKS: tl.constexpr, TILE: tl.constexpr, LANES: tl.constexpr
):
    """The network in that row of the arrays, zeros beyond k and d."""
    i = _neurons(NEURONS, TILE, LANES)
    found = ()
    if TILE > 1:
        for c in tl.static_range(BLOCKS):
            j = c * TILE + tl.arange(0, TILE)[:, None]
            place = w1 + row * k * d + i[None, :] * d + j
            found = found + (tl.load(place, mask=(i[None, :] < k) & (j < d), other=0.0),)
    else:
        for j in tl.static_range(BLOCKS):
            found = found + (tl.load(w1 + row * k * d + i * d + j, mask=i < k, other=0.0),)
    bias = tl.load(b1 + row * k + i, mask=i < k, other=0.0)
    outer = tl.load(w2 + row * k + i, mask=i < k, other=0.0)
    return found + (bias, outer, tl.load(b2 + row))


@triton.jit
def _write(
    w1, b1, w2, b2, row, network, k, d,
    NEURONS: tl.constexpr, BLOCKS: tl.constexpr, TILE: tl.constexpr, LANES: tl.constexpr,
):  # fmt: skip
    """The inverse of `_read`."""
    i = _neurons(NEURONS, TILE, LANES)
    if TILE > 1:
        for c in tl.static_range(BLOCKS):
            j = c * TILE + tl.arange(0, TILE)[:, None]
            tl.store(w1 + row * k * d + i[None, :] * d + j, network[c], mask=(i[None, :] < k) & (j < d))
    else:
        for j in tl.static_range(BLOCKS):
            tl.store(w1 + row * k * d + i * d + j, network[j], mask=i < k)
    tl.store(b1 + row * k + i, network[-3], mask=i < k)
    tl.store(w2 + row * k + i, network[-2], mask=i < k)
    tl.store(b2 + row, network[-1])


@triton.jit
def _kept(x, DATA: tl.constexpr, BLOCKS: tl.constexpr, TILE: tl.constexpr, KEEP: tl.constexpr):
    """The blocks of inputs, if they are to stay in registers."""
    found = ()
    for c in tl.static_range(BLOCKS if KEEP else 0):
        found = found + (_inputs(x, c, DATA, BLOCKS, TILE),)
    return found


@triton.jit
def _inputs(x, c, DATA: tl.constexpr, BLOCKS: tl.constexpr, TILE: tl.constexpr):
    """Block c of the inputs: TILE columns ``[DATA, TILE]``, or one column ``[DATA]``."""
    i = tl.arange(0, DATA)
    if TILE > 1:
        found = tl.load(x + i[:, None] * (BLOCKS * TILE) + c * TILE + tl.arange(0, TILE)[None, :])
    else:
        found = tl.load(x + i * BLOCKS + c)
    return found


@triton.jit
def _residuals(
    at, kept, labels, used, x,
    DATA: tl.constexpr, BLOCKS: tl.constexpr, TILE: tl.constexpr, KEEP: tl.constexpr,
):  # fmt: skip
    """The residuals where a neuron is active, in the shape of the preactivations; and alone, ``[DATA]``."""
    z = _beside_data(at[-3], TILE)
    for c in tl.static_range(BLOCKS):
        block = kept[c] if KEEP else _inputs(x, c, DATA, BLOCKS, TILE)
        if TILE > 1:
            z = tl.dot(block, at[c], tl.broadcast_to(z, [DATA, at[c].shape[1]]), out_dtype=tl.float64)
        else:
            z = block[None, :, None] * at[c][:, None, :] + z
    # A NaN counts as active here, and so cannot be lost.
    idle = z <= 0
    values = _over_neurons(tl.where(idle, 0.0, z) * _beside_data(at[-2], TILE), TILE) + at[-1]
    residuals = tl.where(used, values - labels, 0.0)
    return tl.where(idle, 0.0, residuals[:, None] if TILE > 1 else residuals[None, :, None]), residuals


@triton.jit
def _beside_data(part, TILE: tl.constexpr):
    """A number per neuron, ready to meet all data."""
    return part[None, :] if TILE > 1 else part[:, None, :]


@triton.jit
def _over_neurons(terms, TILE: tl.constexpr):
    """Sums over the neurons, ``[DATA]``."""
    return tl.sum(terms, 1) if TILE > 1 else tl.sum(tl.sum(terms, 0), 1)


@triton.jit
def _moved(
    now, velocity, at, masked, residuals, rate, momentum, kept, x,
    DATA: tl.constexpr, BLOCKS: tl.constexpr, TILE: tl.constexpr, KEEP: tl.constexpr, MOMENTUM: tl.constexpr,
):  # fmt: skip
    """The parameters and the velocity after the step. Block by block, so that no whole gradient need be kept."""
    scale = rate * at[-2]
    total = tl.sum(masked, 0 if TILE > 1 else 1)
    inner = tl.zeros_like(at[0])
    parts = ()
    speeds = ()
    for c in tl.static_range(BLOCKS):
        block = kept[c] if KEEP else _inputs(x, c, DATA, BLOCKS, TILE)
        if TILE > 1:
            along = tl.dot(tl.trans(block), masked, out_dtype=tl.float64)
            move = scale[None, :] * along
        else:
            along = tl.sum(masked * block[None, :, None], 1)
            move = scale * along
        inner += at[c] * along
        if MOMENTUM:
            move = momentum * velocity[c] + move
            speeds = speeds + (move,)
        parts = parts + (now[c] + move,)
    outer = at[-3] * total + (tl.sum(inner, 0) if TILE > 1 else inner)
    moves = (scale * total, rate * outer, rate * tl.sum(residuals, 0))
    for c in tl.static_range(3):
        move = moves[c]
        if MOMENTUM:
            move = momentum * velocity[c - 3] + move
            speeds = speeds + (move,)
        parts = parts + (now[c - 3] + move,)
    return parts, speeds if MOMENTUM else parts


@triton.jit
def _batch(step, stream, seed_low, seed_high, n, batch_size, DATA: tl.constexpr):
    """Floyd's algorithm on the words of Philox: whether each datum is of this step's batch. Kept as bits on the way."""
    low, high = (step & 0xFFFFFFFF).to(tl.uint32), (step >> 32).to(tl.uint32)
    taken = ()
    for _ in tl.static_range((DATA + 63) // 64):
        taken = taken + (tl.full((), 0, tl.int64),)
    for quad in range((batch_size + 3) // 4):
        words = tl.philox_impl(
            tl.full((), quad, tl.uint32), stream, low, high, seed_low.to(tl.uint32), seed_high.to(tl.uint32)
        )
        for lane in tl.static_range(4):
            drawn = quad * 4 + lane
            last = n - batch_size + drawn
            candidate = ((words[lane].to(tl.uint64) * (last + 1).to(tl.uint64)) >> 32).to(tl.int32)
            pick = tl.where(_holds(taken, candidate, DATA), last, candidate)
            # The last quad may hold more words than are wanted.
            pick = tl.where(drawn < batch_size, pick, -1)
            taken = _with(taken, pick, DATA)
    return _holds(taken, tl.arange(0, DATA), DATA)


@triton.jit
def _holds(taken, number, DATA: tl.constexpr):
    """Whether a datum has been taken."""
    bit = (taken[0] >> (number & 63)) & 1
    for w in tl.static_range(1, (DATA + 63) // 64):
        bit = tl.where(number >= w * 64, (taken[w] >> (number & 63)) & 1, bit)
    return bit != 0


@triton.jit
def _with(taken, number, DATA: tl.constexpr):
    """The batch with one datum more; none for a negative number."""
    bit = tl.full((), 1, tl.int64) << (number & 63)
    out = ()
    for w in tl.static_range((DATA + 63) // 64):
        out = out + (taken[w] | tl.where((number >> 6) == w, bit, 0),)
    return out
