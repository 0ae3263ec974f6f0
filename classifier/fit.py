"""The training loop: steps of the optimiser, a running average of the weights, checkpoints to go on from."""

import copy
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from transformers import AutoTokenizer

from classifier.dataset import Batch, Floats, Mixture, count_labels, draw_batches, draw_epoch, read_mixture
from classifier.network import DEVICE, TUNED, Loss, Network, Tuning

BATCH = 64
CHECKPOINT_EVERY = 200  # steps
AVERAGE_EVERY = 4  # steps
AVERAGE_SPAN = 1 / 8  # of the run, that the running average of the weights looks back


@dataclass
class Run:
    """Everything that a training run changes as it goes, and so everything that a checkpoint holds."""

    network: Any
    average: Any
    optimiser: Any
    schedule: Any
    seed: int
    step: int = 0


def start_run(base: Path, steps: int, rate: float, seed: int, tuning: Tuning = TUNED) -> Run:
    """A fresh run from the base weights: AdamW, 6 % warm-up, then straight down to zero."""
    torch.manual_seed(seed)
    network = Network(base, tuning.pooling).to(DEVICE)
    decay = 1 - min(1.0, AVERAGE_EVERY / (AVERAGE_SPAN * steps))
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    )
    optimiser = torch.optim.AdamW(group_parameters(network, rate, tuning.layer_decay), lr=rate, fused=True)
    warm = max(1, round(steps * 0.06))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
    )
    return Run(network, average, optimiser, schedule, seed)


def group_parameters(network: Any, rate: float, decay: float) -> list[dict[str, Any]]:
    """All that learns, by its rate: `decay` to the power of how many layers lie above it. Matrices shrink a little."""
    layers = network.encoder.config.num_hidden_layers
    groups: dict[tuple[float, float], list[Any]] = {}
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        layer = re.search(r"\.layer\.(\d+)\.", name)
        share = decay ** (layers - 1 - int(layer[1])) if layer else 1.0
        matrix = parameter.ndim > 1
        # The heads start from nothing, so they learn faster.
        speed = 10 if matrix and name.startswith("heads.") else share
        groups.setdefault((rate * speed, 0.01 if matrix else 0.0), []).append(parameter)
    return [{"params": one, "lr": speed, "weight_decay": shrink} for (speed, shrink), one in groups.items()]


def save_run(run: Run, path: Path) -> None:
    """Write a checkpoint; a crash in the middle leaves the one before in place."""
    part = path.with_suffix(".part")
    state = {name: getattr(run, name).state_dict() for name in ("network", "average", "optimiser", "schedule")}
    torch.save({**state, "step": run.step}, part)
    part.replace(path)


def resume_run(run: Run, path: Path) -> None:
    """Go on from a checkpoint, where there is one."""
    if not path.exists():
        return
    state = torch.load(path, weights_only=True, map_location=DEVICE)
    for name in ("network", "average", "optimiser", "schedule"):
        getattr(run, name).load_state_dict(state[name])
    run.step = state["step"]


def plan_batches(mixture: Mixture, epochs: int, seed: int, padding: int) -> Iterator[Batch]:
    """The batches of the whole run, the same for the same seed: a resumed run skips those it has seen."""
    rng = random.Random(seed)  # noqa: S311
    for _ in range(epochs):
        yield from draw_batches(draw_epoch(mixture, rng), BATCH, rng, padding)


def take_step(run: Run, loss: Loss, batch: Batch) -> float:
    """One step of the optimiser; gives the batch's loss."""
    torch.manual_seed(run.seed + run.step)  # so dropout, too, is the same after a resumption
    run.network.train()
    with torch.autocast(DEVICE.type, dtype=torch.bfloat16):
        logits = run.network(torch.from_numpy(batch.tokens).to(DEVICE), torch.from_numpy(batch.mask).to(DEVICE))
    value = loss(logits, batch)
    run.optimiser.zero_grad(set_to_none=True)
    value.backward()
    norm = torch.nn.utils.clip_grad_norm_(run.network.parameters(), 1.0)
    if torch.isfinite(norm):
        run.optimiser.step()
    run.schedule.step()
    run.step += 1
    if run.step % AVERAGE_EVERY == 0:
        run.average.update_parameters(run.network)
    return float(value.detach())


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the weights that come out, besides the code: the same plan gives the same weights."""

    data: Path
    base: Path
    epochs: int
    rate: float  # the highest of the encoder
    seed: int
    holdout: str | None  # a SemEval release to leave out
    hints: Mapping[str, Floats] | None = None  # a teacher's logits, file by file


def prepare_run(plan: Plan, checkpoint: Path) -> tuple[Run, list[Batch], Loss]:
    """The run, as fresh or as `checkpoint` has it; all its batches, those that it has seen included; and its loss."""
    tokenizer = AutoTokenizer.from_pretrained(plan.base)
    mixture = read_mixture(plan.data, tokenizer, plan.holdout, plan.hints)
    batches = list(plan_batches(mixture, plan.epochs, plan.seed, tokenizer.pad_token_id))
    run = start_run(plan.base, len(batches), plan.rate, plan.seed)
    resume_run(run, checkpoint)
    return run, batches, Loss(count_labels([one for part, examples in mixture for one in examples * round(part.times)]))


def train_network(plan: Plan, checkpoint: Path, console: Console) -> Run:
    """Train, or go on where `checkpoint` stands, to the end."""
    run, batches, loss = prepare_run(plan, checkpoint)
    with show_progress(console) as progress:
        task = progress.add_task("training", total=len(batches), completed=run.step, loss=float("nan"))
        smooth: float | None = None
        for batch in batches[run.step :]:
            value = take_step(run, loss, batch)
            smooth = value if smooth is None else 0.98 * smooth + 0.02 * value
            progress.update(task, advance=1, loss=smooth)
            if run.step % CHECKPOINT_EVERY == 0 or run.step == len(batches):
                save_run(run, checkpoint)
                console.log(f"step {run.step} of {len(batches)}, loss {smooth:.3f}")
    return run


def blend(one: Any, other: Any) -> Any:
    """A network whose weights are the mean of those of two that started from the same."""
    blended, others = copy.deepcopy(one), other.state_dict()
    with torch.no_grad():
        for name, weight in blended.state_dict().items():
            if weight.is_floating_point():
                weight.lerp_(others[name], 0.5)
    return blended


def show_progress(console: Console) -> Progress:
    """The bar shown while training: steps done, time, and the running loss."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("loss {task.fields[loss]:.3f}"),
        console=console,
    )
