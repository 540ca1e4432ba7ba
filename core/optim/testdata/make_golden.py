"""Writes adamw.json, torch.optim.AdamW on random numbers, and schedules.json, the
learning rates of transformers.

    pip install -r ../../train/testdata/requirements.txt
    python3 make_golden.py

Each case of adamw.json is an arena whose first half has weight decay and whose second half has
none, updated several times with a new gradient and a new rate each time. w, m and
v are what is left in the end, computed in float64 from the float32 numbers given.
float32 is how far torch.optim.AdamW in float32 is from that: w in absolute
numbers, m as a part of the root of v, v as a part of itself.

Our schedules are transformers' with one more step of warm-up and in all, less the
first update, whose rate is 0 there; schedules.json has them so.
"""

import json
import pathlib

import torch
import transformers

N, STEPS = 26, 6

CASES = [
    {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "decay": 0.1, "rate": 1e-3},
    {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "decay": 0.0, "rate": 1e-3},
    {"beta1": 0.9, "beta2": 0.95, "eps": 1e-4, "decay": 0.01, "rate": 1e-1},
    {"beta1": 0.0, "beta2": 0.99, "eps": 1e-8, "decay": 10.0, "rate": 1e-2},
    {"beta1": 0.9999, "beta2": 0.99999, "eps": 1e-6, "decay": 0.1, "rate": 5e-4},
]


def gradients(g):
    """Of every size from 1e-9 to 1e3, some of them always or sometimes zero."""
    size = 10 ** (torch.rand(N, generator=g) * 12 - 9)
    grads = [torch.randn(N, generator=g) * size for _ in range(STEPS)]
    for step, x in enumerate(grads):
        x[3::12] = 0
        x[5::12] *= step % 2
    return grads


def update(case, w, grads, dtype):
    halves = [w[: N // 2].to(dtype).clone().requires_grad_(), w[N // 2 :].to(dtype).clone().requires_grad_()]
    opt = torch.optim.AdamW([{"params": halves[:1], "weight_decay": case["decay"]}, {"params": halves[1:], "weight_decay": 0.0}],
                            lr=case["rate"], betas=(case["beta1"], case["beta2"]), eps=case["eps"], foreach=False)
    for rate, g in zip(case["rates"], grads):
        for group in opt.param_groups:
            group["lr"] = rate
        halves[0].grad, halves[1].grad = g[: N // 2].to(dtype), g[N // 2 :].to(dtype)
        opt.step()
    state = lambda key: torch.cat([opt.state[p][key] for p in halves])
    return torch.cat(halves).detach().double(), state("exp_avg").double(), state("exp_avg_sq").double()


def part(d, of):
    return (d.abs() / of.clamp(min=1e-30)).max().item()


def made(case, seed):
    g = torch.Generator().manual_seed(seed)
    w, grads = 0.02 * torch.randn(N, generator=g), gradients(g)
    case = case | {"rates": [case["rate"] * (i + 1) / STEPS for i in range(STEPS)]}
    w64, m64, v64 = update(case, w, grads, torch.float64)
    w32, m32, v32 = update(case, w, grads, torch.float32)
    off = {"w": (w32 - w64).abs().max().item(), "m": part(m32 - m64, v64.sqrt()), "v": part(v32 - v64, v64)}
    del case["rate"]
    return case | {"start": numbers(w, 9), "grads": [numbers(x, 9) for x in grads],
                   "w": numbers(w64, 16), "m": numbers(m64, 16), "v": numbers(v64, 16), "float32": off}


def numbers(x, digits):
    return [float(f"{v:.{digits}g}") for v in x.tolist()]


def schedule(shape, warmup, total):
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    length = {} if shape == "constant" else {"num_training_steps": total + 1}
    make = transformers.get_constant_schedule_with_warmup if shape == "constant" else getattr(transformers, f"get_{shape}_schedule_with_warmup")
    factor = make(opt, num_warmup_steps=warmup + 1, **length).lr_lambdas[0]
    return {"shape": shape, "warmup": warmup, "total": total, "rates": [factor(step + 1) for step in range(total)]}


HERE = pathlib.Path(__file__).parent
VERSIONS = '{"made_by": "make_golden.py", "versions": ' + json.dumps({m.__name__: m.__version__ for m in (torch, transformers)})

torch.set_num_threads(1)


def write(name, cases):
    (HERE / name).write_text(VERSIONS + ', "cases": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]}\n")


write("adamw.json", [made(case, i) for i, case in enumerate(CASES)])
write("schedules.json", [schedule(shape, warmup, total) for shape in ("constant", "linear", "cosine") for warmup, total in ((0, 7), (3, 12), (5, 6))])
