"""Gradient descent until it rests, accelerated where that cannot change where plain gradient descent would rest.

The map of a block of plain steps is accelerated by Anderson mixing. A mixed point is taken only where the loss fell
all along the block, its own loss is not larger, and block end and mixed point are no sharper than 2/step size: at the
edge of stability training is plain. A network at rest is not mixed; it has converged when it has rested through some
hundred plain steps and is no sharper than 2/step size. One that leaves its rest is trained plainly from then on.
Mixing may choose another minimum than plain descent from the same start would: what is said of end points is about
points where plain descent rests.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.engine.anderson import Anderson
from refutable.strategies.engine.polish import polished
from refutable.strategies.engine.problem import Problem, State
from refutable.strategies.engine.reduction import lifted, reduced
from refutable.strategies.engine.stationarity import Stationarity, stationarity
from refutable.strategies.engine.torch_batched import one_thread
from refutable.strategies.engine.train import Data, prepared, train
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.results import CONVERGED, OUTCOMES

HELD = 2**25
"""Numbers that the histories of one group of networks may hold."""


@dataclass(frozen=True)
class Converged:
    """Where training rests, for B networks. Everything but ``networks`` and ``interrupted`` is ``[B]``.

    Attributes:
        networks: the parameters, in the shapes they were given.
        codes: outcome as an index into ``strategies.training.results.OUTCOMES``.
        steps: steps of gradient descent taken; not those of a polish that was put back.
        mixings: mixed points taken.
        first_loss: loss where training began.
        largest_loss: the largest loss met along all plain steps; infinite if diverged. A network that left a minimum
            shows here, wherever it ends.
        loss, sharpness, residual_block, mean_residual, margin: see `stationarity.Stationarity`.
        sharp: at rest, but sharper than 2/step size: not called converged, and counted apart.
        polished: moved by Gauss-Newton steps after training; rested through plain steps, and checked, again.
        interrupted: Ctrl-C came first.
    """

    networks: Networks
    codes: Tensor
    steps: Tensor
    mixings: Tensor
    first_loss: Tensor
    largest_loss: Tensor
    loss: Tensor
    sharpness: Tensor
    residual_block: Tensor
    mean_residual: Tensor
    margin: Tensor
    sharp: Tensor
    polished: Tensor
    interrupted: bool

    @property
    def converged(self) -> Tensor:
        """Networks that rest at a minimum no sharper than 2/step size, ``[B]``."""
        return self.codes == OUTCOMES.index(CONVERGED)

    @property
    def interpolating(self) -> Tensor:
        """Root mean square residual below 1e-10 times the sharpness, ``[B]``: a proposal."""
        return (2 * self.loss).sqrt() < 1e-10 * self.sharpness

    def counts(self) -> dict[str, int]:
        """How many networks ended how; the outcomes sum to the batch, and ``at rest, too sharp`` is among them."""
        seen = Counter(self.codes.tolist())
        counts = {name: seen[code] for code, name in enumerate(OUTCOMES)}
        return {**counts, "at rest, too sharp": int(self.sharp.sum()), "polished": int(self.polished.sum())}


@dataclass(frozen=True)
class Rule:
    """How training is accelerated and when it has ended.

    Attributes:
        block: plain steps between two mixings.
        memory: differences that a mixing uses; 0: plain gradient descent.
        settle: plain steps a network must rest through to have converged.
        polish: move networks that have not converged by Gauss-Newton steps at the end.
    """

    block: int = 200
    memory: int = 10
    settle: int = 300
    polish: bool = False

    def __post_init__(self) -> None:
        for name, least in (("block", 1), ("memory", 0), ("settle", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise ValueError(f"{name} must be a whole number >= {least}, not {value!r}")


PLAIN = Rule()


def converge(
    networks: Networks,
    x: Tensor,
    y: Tensor,
    step_size: float | Tensor,
    steps: int,
    rule: Rule = PLAIN,
    *,
    backend: str = "auto",
    threads: int | None = None,
) -> Converged:
    """Full-batch gradient descent at a fixed step size until every network rests, or its budget ends.

    Args:
        networks: where to begin (not changed).
        x: inputs ``[B, n, d]``, or ``[n, d]`` for all networks.
        y: labels ``[B, n]``, or ``[n]`` for all networks.
        step_size: one for all, or ``[B]``.
        steps: of gradient descent for each network, at most; settling is counted, except that the
            ``rule.settle`` steps which a polished network rests through come on top.
        rule: how it is accelerated.
        backend: see `train`.
        threads: see `train`.

    Raises:
        ValueError: arguments that make no sense; the message says why.
    """
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 0:
        raise ValueError(f"steps must be a whole number >= 0, not {steps!r}")
    problem, state = prepared(networks, Data(x, y), step_size, None, 0, 0.0, 0, None, None)
    basis = None
    if problem.x.shape[2] > problem.samples:  # mixtures stay in w1 + (row space of the data), as plain steps do
        problem, state, basis = reduced(problem, state)
    group = max(1, HELD // (2 * (rule.memory + 1) * sum(part[0].numel() for part in state.networks)))
    options = {"backend": backend, "threads": threads}
    parts: list[Converged] = []
    count = len(networks.b2)
    for start in range(0, count, group):
        rows = torch.arange(start, min(start + group, count), device=problem.x.device)
        own = Networks(*(part[rows] for part in state.networks))
        left = 0 if parts and parts[-1].interrupted else steps
        parts.append(_Descent(own, problem, rows, rule, options).to_rest(left))
    joined = _joined(parts)
    return joined if basis is None else replace(joined, networks=_lifted(joined.networks, state, basis))


def _lifted(networks: Networks, state: State, basis: Tensor) -> Networks:
    return lifted(replace(state, **networks._asdict()), basis)


class _Descent:
    """One group of networks on its way."""

    def __init__(self, networks: Networks, problem: Problem, rows: Tensor, rule: Rule, options: dict[str, Any]) -> None:
        self.now, self.eta, self.rule, self.options = networks, problem.step_size[rows], rule, options
        self.x, self.y = (_own(part, rows) for part in (problem.x, problem.y))
        with one_thread():
            self.first = closed_form.loss(networks, self.x, self.y)
        self.loss = self.first.clone()
        self.largest = self.first.clone()
        self.steps = torch.zeros_like(self.eta, dtype=torch.int64)
        self.mixings = torch.zeros_like(self.steps)
        self.rest = torch.full_like(self.steps, -1)  # plain steps rested through; -1: not at rest
        self.plain = torch.zeros_like(self.eta, dtype=torch.bool)
        self.converged = self.plain.clone()
        self.moved = self.plain.clone()  # by Gauss-Newton steps
        self.interrupted = False

    def to_rest(self, steps: int) -> Converged:
        left = torch.arange(len(self.eta), device=self.eta.device)
        mixer = Anderson(len(left), sum(p[0].numel() for p in self.now), self.rule.memory, self.eta.device)
        done = 0
        while len(left) and done < steps and not self.interrupted:
            before = self._flat(left)
            loss = self.loss[left]
            taken = min(self.rule.block, steps - done)
            largest = self._descend(left, taken)
            done += taken
            with one_thread():
                found = self._stand(left)
                self.loss[left] = found.loss
                # A block cut short by Ctrl-C counts for nothing: nobody has rested through all of it.
                over = self._look(left, found, 0 if self.interrupted else taken)
                if self.rule.memory and taken == self.rule.block and not self.interrupted:
                    self._mix(left, mixer, before, found, (largest <= loss * (1 + 1e-12)) & ~over)
            mixer.keep(~over)
            left = left[~over]
        if self.rule.polish and not self.interrupted:
            self._polish(left)
        return self._result()

    def _descend(self, rows: Tensor, steps: int) -> Tensor:
        """Plain steps of some networks; the largest loss each met."""
        run = train(
            Networks(*(part[rows] for part in self.now)),
            Data(self.x[rows], self.y[rows]),
            self.eta[rows],
            steps,
            **self.options,
        )
        self._put(rows, run.networks)
        largest = torch.where(torch.isnan(run.largest_loss), torch.inf, run.largest_loss)
        self.largest[rows] = torch.maximum(self.largest[rows], largest)
        self.steps[rows] += run.state.steps
        self.interrupted |= run.interrupted
        return largest

    def _look(self, rows: Tensor, found: Stationarity, taken: int) -> Tensor:
        """Note who rests after ``taken`` more steps; True where training is over."""
        still, calm, rest = found.still, found.within(self.eta[rows]), self.rest[rows]
        self.plain[rows] |= (rest >= 0) & ~still
        rest = torch.where(still, torch.where(rest >= 0, rest + taken, 0), -1)
        self.rest[rows] = rest
        self.converged[rows] = (rest >= self.rule.settle) & calm & found.alive
        return self.converged[rows] | ~found.alive | found.lost(self.first[rows])

    def _mix(self, rows: Tensor, mixer: Anderson, before: Tensor, found: Stationarity, calm: Tensor) -> None:
        """Put mixed points in place of block ends where that is safe."""
        calm = calm & ~self.plain[rows] & found.within(self.eta[rows])
        ends = self._flat(rows)
        mixer.remember(before, ends)
        mixer.forget(~calm)
        wanted = calm & ~found.still & mixer.ready
        if not wanted.any():
            return
        mixed = self._shaped(mixer.mixed())
        tried = stationarity(mixed, self.x[rows], self.y[rows])
        good = wanted & (tried.loss <= found.loss) & tried.within(self.eta[rows]) & tried.alive
        mixer.forget(wanted & ~good)
        self._put(rows[good], Networks(*(part[good] for part in mixed)))
        self.loss[rows[good]] = tried.loss[good]
        self.mixings[rows[good]] += 1

    def _polish(self, left: Tensor) -> None:
        """Gauss-Newton steps, then plain steps; what does not rest after them is put back, with its record."""
        if not len(left):
            return
        back = Networks(*(part[left] for part in self.now))
        largest, steps = self.largest[left], self.steps[left]
        with one_thread():
            self._put(left, polished(back, self.x[left], self.y[left]))
        self._descend(left, self.rule.settle)
        with one_thread():
            found = self._stand(left)
        good = found.still & found.within(self.eta[left]) & found.alive & ~found.lost(self.first[left])
        good &= not self.interrupted
        bad = left[~good]
        self._put(bad, Networks(*(part[~good] for part in back)))
        self.largest[bad], self.steps[bad] = largest[~good], steps[~good]
        self.converged[left[good]] = True
        self.moved[left[good]] = True

    def _result(self) -> Converged:
        with one_thread():
            found = stationarity(self.now, self.x, self.y)
        return Converged(
            networks=self.now,
            codes=found.codes(self.converged, self.first),
            steps=self.steps,
            mixings=self.mixings,
            first_loss=self.first,
            largest_loss=torch.where(found.lost(self.first), torch.inf, torch.maximum(self.largest, found.loss)),
            loss=found.loss,
            sharpness=found.sharpness,
            residual_block=found.residual_block,
            mean_residual=found.mean_residual,
            margin=found.margin,
            sharp=found.still & found.alive & ~found.within(self.eta),
            polished=self.moved,
            interrupted=self.interrupted,
        )

    def _stand(self, rows: Tensor) -> Stationarity:
        return stationarity(Networks(*(part[rows] for part in self.now)), self.x[rows], self.y[rows])

    def _put(self, rows: Tensor, networks: Networks) -> None:
        changed = [part.clone() for part in self.now]
        for part, new in zip(changed, networks, strict=True):
            part[rows] = new
        self.now = Networks(*changed)

    def _flat(self, rows: Tensor) -> Tensor:
        return torch.cat([part[rows].flatten(1) if part.dim() > 1 else part[rows, None] for part in self.now], 1)

    def _shaped(self, flat: Tensor) -> Networks:
        parts, start = [], 0
        for like in self.now:
            stop = start + like[0].numel()
            parts.append(flat[:, start:stop].reshape(len(flat), *like.shape[1:]))
            start = stop
        return Networks(*parts)


def _own(values: Tensor, rows: Tensor) -> Tensor:
    """The rows' own data, or the shared ones."""
    return values[rows] if len(values) > 1 else values.expand(len(rows), *values.shape[1:])


def _joined(parts: list[Converged]) -> Converged:
    """The groups in their order."""
    merged: dict[str, Any] = {
        field.name: torch.cat([getattr(part, field.name) for part in parts])
        for field in fields(Converged)
        if field.name not in ("networks", "interrupted")
    }
    networks = Networks(*(torch.cat(group) for group in zip(*(part.networks for part in parts), strict=True)))
    return Converged(networks, interrupted=any(part.interrupted for part in parts), **merged)
